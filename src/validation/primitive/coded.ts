/** Codes of value sets that can't be listed: languages and mime types (BCP 47, BCP 13; FHIR R4, valueset-all-languages.html). */
import type { RequiredBindings } from '../../definitions/required-bindings.ts';
import { codesOf, isLanguages } from '../structure/codes.ts';
import type { Fault, PrimitiveCheck } from './check.ts';
import { checkCode } from './text.ts';

const MIME_TYPES: ReadonlySet<string> = new Set([
  'http://hl7.org/fhir/ValueSet/mimetypes',
  'http://www.rfc-editor.org/bcp/bcp13.txt',
]);
/** These elements also take `json`, `xml` and `ttl` (capabilitystatement.html). */
const FORMATS = /^CapabilityStatement\.(?:f|patchF)ormat$/;

const MIME_TYPE = /^[!#$&^_.+A-Za-z0-9-]+\/[!#$&^_.+A-Za-z0-9-]+ *(?:;.*)?$/;
const LANGUAGE_TAG = /^(?:[A-Za-z]{2,8}|[xiXI])(?:-[A-Za-z0-9]{1,8})*$/;

const MIME_FAULT: Fault = {
  id: 'mime-type',
  code: 'code-invalid',
  message: 'The content type must be a mime type, e.g. application/pdf.',
};
const LANGUAGE_FAULT: Fault = {
  id: 'language-tag',
  code: 'code-invalid',
  message: 'The language must be a tag of BCP 47, e.g. en, es-MX or cmn-Hant.',
};

/** The check of an element that is bound to such a value set; of one with listed codes the schema decides. */
export function codedCheck(path: string, bindings: RequiredBindings): PrimitiveCheck | undefined {
  const valueSet = bindings.valueSetOf.get(path) ?? '';
  if (isLanguages(valueSet)) return languageCheck(new Set(codesOf(bindings, valueSet)));
  if (!MIME_TYPES.has(valueSet) || FORMATS.test(path)) return undefined;
  return (value) => checkCode(value) ?? (MIME_TYPE.test(value) ? undefined : MIME_FAULT);
}

const languageCheck =
  (languages: ReadonlySet<string>): PrimitiveCheck =>
  (value) => {
    const [first = ''] = value.split('-', 1);
    // Subtags of two letters are all assigned or not; longer ones are too many to list.
    const isAssigned = first.length !== 2 || languages.has(first.toLowerCase());
    return isAssigned && LANGUAGE_TAG.test(value) ? undefined : LANGUAGE_FAULT;
  };
