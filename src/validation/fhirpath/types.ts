/** Types in FHIRPath: `is`, `as`, `ofType` (FHIR R4, fhirpath.html#types). */
import { isObject } from '../../fhir/resource-content.ts';
import type { Item } from './collection.ts';

/** The types that R4 derives from others, beyond Element, Resource and DomainResource. */
const SUPERTYPES: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  url: 'uri',
  canonical: 'uri',
  oid: 'uri',
  uuid: 'uri',
  positiveInt: 'integer',
  unsignedInt: 'integer',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
  SimpleQuantity: 'Quantity',
  MoneyQuantity: 'Quantity',
};

const RESOURCES_WITHOUT_NARRATIVE: ReadonlySet<string> = new Set(['Bundle', 'Binary', 'Parameters']);

/** Whether the item is of the type, which may be written `FHIR.Patient` or `System.String`. */
export function isOfType(item: Item, type: string): boolean {
  if (type.startsWith('System.')) return item.type === type;
  const wanted = type.startsWith('FHIR.') ? type.slice(5) : type;
  if (item.type.startsWith('System.')) return !type.startsWith('FHIR.') && item.type === `System.${wanted}`;
  if (wanted === item.type || isSupertype(wanted, item.type)) return true;
  if (!isObject(item.value) || !('resourceType' in item.value)) return wanted === 'Element';
  return wanted === 'Resource' || (wanted === 'DomainResource' && !RESOURCES_WITHOUT_NARRATIVE.has(item.type));
}

function isSupertype(wanted: string, type: string): boolean {
  const above = SUPERTYPES[type];
  return above !== undefined && (above === wanted || isSupertype(wanted, above));
}

const REFERENCE = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** A conditional reference names the type too: `Patient?identifier=…` */
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?/;

/**
 * The type of the resource that a Reference points to, as far as the reference itself or what is contained says;
 * undefined where only fetching the target would tell.
 */
export function referencedType(reference: unknown, contained: unknown): string | undefined {
  if (!isObject(reference)) return undefined;
  const { reference: literal, type } = reference;
  if (typeof literal === 'string') {
    if (literal.startsWith('#')) return containedType(literal.slice(1), contained);
    const [, named] = REFERENCE.exec(literal) ?? CONDITIONAL.exec(literal) ?? [];
    if (named !== undefined) return named;
  }
  return typeof type === 'string' ? type : undefined;
}

function containedType(id: string, contained: unknown): string | undefined {
  if (!Array.isArray(contained)) return undefined;
  // Some write the reference's # into the id too.
  const found = contained.find((one) => isObject(one) && (one['id'] === id || one['id'] === `#${id}`));
  return isObject(found) && typeof found['resourceType'] === 'string' ? found['resourceType'] : undefined;
}
