/** What was given, and whether its codes agree: rules DQ-014 to DQ-022 (docs/profiles.md). */
import type { CompiledCodeSystem, Concept, Terminology } from '../../terminology/terminology.ts';
import { doubtful, invalid, noted, type QualityRule } from './fault.ts';
import { CVX_SYSTEM, type Vaccination } from './vaccination.ts';

type Rule = QualityRule<Vaccination>;

const CPT_SYSTEM = 'http://www.ama-assn.org/go/cpt';
/** No vaccine was given; the vaccine is not known. */
const NO_PRODUCT: ReadonlySet<string> = new Set(['998', '999']);

const printable = (code: string): string => (/^[\w.-]{1,32}$/.test(code) ? code : '(unusual)');

const codeMissing: Rule = ({ cvx, ndc, isCompleted }) =>
  isCompleted && cvx.length === 0 && ndc.length === 0
    ? invalid({
        id: 'DQ-014',
        element: 'vaccineCode',
        message: `The vaccine has no CVX code: add a coding with the system ${CVX_SYSTEM}.`,
      })
    : undefined;

const codeUnknown: Rule = ({ cvx, vaccines }) => {
  const unknown = cvx[vaccines.indexOf(undefined)];
  if (unknown === undefined) return undefined;
  const message = `CVX ${printable(unknown)} is not in the edition that is loaded; it may be newer, or mistyped.`;
  return doubtful({ id: 'DQ-014', element: 'vaccineCode', message });
};

const codeInactive: Rule = ({ vaccines, isAdministered }) => {
  const inactive = vaccines.find((vaccine) => vaccine?.inactive === true);
  if (!inactive || !isAdministered) return undefined;
  const message = `CVX ${inactive.code} is of a product that is no longer in use: it is valid, and unusual for a new dose.`;
  return noted({ id: 'DQ-014', element: 'vaccineCode', message });
};

const codeUnspecified: Rule = ({ use, isAdministered }) =>
  isAdministered && use?.conceptType === 'unspecified'
    ? doubtful({
        id: 'DQ-015',
        element: 'vaccineCode',
        message: `CVX ${use.cvx} leaves the formulation open: whoever gives a dose knows the product.`,
      })
    : undefined;

const noProduct: Rule = ({ cvx, isAdministered }) =>
  isAdministered && cvx.some((code) => NO_PRODUCT.has(code))
    ? invalid({ id: 'DQ-016', element: 'vaccineCode', message: 'CVX 998 and 999 are no products that can be given.' })
    : undefined;

const cptDisagrees: Rule = ({ cvx, cpt, terminology }) => {
  if (cvx.length === 0) return undefined;
  const other = cpt.find((code) => disagrees(cvx, targetsOf(terminology, CPT_SYSTEM, code)));
  if (other === undefined) return undefined;
  return doubtful({
    id: 'DQ-017',
    element: 'vaccineCode',
    message: `CPT ${printable(other)} is another vaccine than the CVX code.`,
  });
};

const ndcDisagrees: Rule = ({ cvx, products }) => {
  if (cvx.length === 0) return undefined;
  const other = products.find((product) => disagrees(cvx, propertiesOf(product, 'cvx')));
  if (!other) return undefined;
  const message = `NDC ${other.code} is CVX ${propertiesOf(other, 'cvx').join(' or ')}, not ${cvx.map(printable).join(', ')}.`;
  return doubtful({ id: 'DQ-018', element: 'vaccineCode', message });
};

const disagrees = (cvx: readonly string[], expected: readonly string[]): boolean =>
  expected.length > 0 && !cvx.some((code) => expected.includes(code));

/** CVX codes that the concept maps give for a code. */
const targetsOf = (terminology: Terminology, system: string, code: string): readonly string[] =>
  terminology
    .conceptMaps()
    .flatMap((map) => map.translate({ system, code }, false))
    .flatMap((target) => (target.system === CVX_SYSTEM ? [target.code] : []));

const propertiesOf = ({ properties }: Concept, code: string): readonly string[] =>
  properties.flatMap((property) => (property.code === code ? [String(property.value)] : []));

const unitOfSale: Rule = ({ products, isAdministered }) => {
  const carton = products.find(
    (product) => propertiesOf(product, 'unit').includes('sale') && propertiesOf(product, 'contains').length > 0,
  );
  if (!carton || !isAdministered) return undefined;
  const message = `NDC ${carton.code} is of the carton (unit of sale): give that of the vial or syringe, ${propertiesOf(carton, 'contains').join(' or ')}.`;
  return doubtful({ id: 'DQ-019', element: 'vaccineCode', message });
};

const ndcDigits: Rule = ({ ndc }) => {
  const odd = ndc.find((code) => !/^\d{10,12}$/.test(code.replaceAll('-', '')));
  return odd === undefined
    ? undefined
    : doubtful({
        id: 'DQ-020',
        element: 'vaccineCode',
        message: 'An NDC has 10 or 11 digits (12 in its coming form).',
      });
};

const manufacturerMissing: Rule = ({ json, isAdministered }) =>
  isAdministered && json['manufacturer'] === undefined
    ? doubtful({ id: 'DQ-021', element: 'manufacturer', message: 'The manufacturer is missing.' })
    : undefined;

const manufacturerImpossible: Rule = ({ cvx, mvx, terminology }) => {
  if (mvx.length === 0) return undefined;
  const makers = makersOf(terminology);
  const known = cvx.find((code) => makers.has(code));
  const expected = known === undefined ? undefined : makers.get(known);
  if (!expected || mvx.some((code) => expected.has(code.toUpperCase()))) return undefined;
  const message = `CVX ${known} is made by ${[...expected].join(', ')}, not by ${mvx.map(printable).join(', ')}.`;
  return doubtful({ id: 'DQ-022', element: 'manufacturer', message });
};

type Makers = ReadonlyMap<string, ReadonlySet<string>>;

const makersKnown = new WeakMap<CompiledCodeSystem, Makers>();
const TRADE_NAMES = 'urn:jenner:CodeSystem:vaccine-trade-name';

/** Manufacturers of each CVX code, as CDC's list of products has them. */
function makersOf(terminology: Terminology): Makers {
  const products = terminology.codeSystem(TRADE_NAMES);
  if (!products) return new Map();
  const makers = makersKnown.get(products) ?? collectMakers(products);
  makersKnown.set(products, makers);
  return makers;
}

function collectMakers(products: CompiledCodeSystem): Makers {
  const makers = new Map<string, Set<string>>();
  for (const product of products.concepts()) {
    for (const cvx of propertiesOf(product, 'cvx')) {
      makers.set(cvx, new Set([...(makers.get(cvx) ?? []), ...propertiesOf(product, 'mvx')]));
    }
  }
  return makers;
}

export const codeRules: readonly Rule[] = [
  codeMissing,
  codeUnknown,
  codeInactive,
  codeUnspecified,
  noProduct,
  cptDisagrees,
  ndcDisagrees,
  unitOfSale,
  ndcDigits,
  manufacturerMissing,
  manufacturerImpossible,
];
