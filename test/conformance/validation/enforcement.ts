/** Where each invariant of R4 is held that is no function of its own, or why it is not (docs/validation-invariants.md). */

interface Enforcement {
  readonly where: 'walk' | 'not enforced';
  readonly how: string;
}

const contained: Enforcement = { where: 'walk', how: '`contained.ts`, when the container has been walked' };
const noOp: Enforcement = {
  where: 'not enforced',
  how: "the published expression tests for the system 'something', which nobody uses",
};

export const enforcement: Readonly<Record<string, Enforcement>> = {
  'ele-1': { where: 'walk', how: 'the schema (no empty objects) and `walk.ts`, `primitive/pair.ts` (not only an id)' },
  'dom-2': contained,
  'dom-3': { where: 'walk', how: '`contained.ts`; the published expression throws whenever something is contained' },
  'dom-4': contained,
  'dom-5': contained,
  'dom-6': {
    where: 'not enforced',
    how: 'a good practice for documents that people read; records of machines have no narrative, and a warning on each hides others',
  },
  'ref-1': { where: 'walk', how: '`reference.ts`' },
  'txt-1': { where: 'walk', how: '`narrative.ts`, `narrative-rules.ts`' },
  'txt-2': { where: 'walk', how: '`narrative.ts`' },
  'ppc-2': noOp,
  'ppc-3': noOp,
  'ppc-4': noOp,
  'ppc-5': noOp,
};
