/** Converts resources between FHIR's two text formats, by the definitions of their elements (FHIR R4, xml.html, json.html). */
import type { ElementTable } from '../definitions/elements.ts';
import { compileShapes } from './shape.ts';
import { writeJson } from './to-json.ts';
import { writeXml } from './to-xml.ts';

/** Both directions lose nothing of a resource's content: digits, order of repetitions, ids, extensions, narrative. */
export interface XmlConverter {
  /** The XML document of a resource's JSON text, with its XML declaration. @throws FhirError 400 */
  toXml(jsonText: string): string;
  /** The JSON text, without white space, of an XML document (decoded from UTF-8). @throws FhirError 400 */
  toJson(xmlText: string): string;
  /** The resource types that can be converted, also where they are contained or in a Bundle. */
  readonly resourceTypes: readonly string[];
}

/** @throws Error naming a path whose elements the table does not declare. */
export function createXmlConverter(table: ElementTable): XmlConverter {
  const shapes = compileShapes(table);
  return {
    toXml: (jsonText) => writeXml(jsonText, shapes),
    toJson: (xmlText) => writeJson(xmlText, shapes),
    resourceTypes: [...shapes.keys()],
  };
}
