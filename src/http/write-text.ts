/** The text of an answer in the format and shape that the client asked for (FHIR R4, http.html#mime-type, #parameters). */
import { FhirError, notAcceptable } from '../fhir/error.ts';
import { formatPretty, parseTree } from '../fhir/json-tree.ts';
import type { AnswerForm } from './negotiate.ts';

/** Both directions between the two formats of FHIR, without loss. */
export interface XmlText {
  toXml(jsonText: string): string;
  toJson(xmlText: string): string;
}

/** @param json compact JSON text @throws FhirError 406 where what is stored has no XML form */
export function writeText(json: string, { format, pretty }: AnswerForm, xml: XmlText): string {
  if (format === 'xml') return writeXml(json, xml);
  return pretty ? formatPretty(parseTree(json)) : json;
}

function writeXml(json: string, xml: XmlText): string {
  try {
    return xml.toXml(json);
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    throw notAcceptable(`The answer has no XML form: ${error.message}`);
  }
}
