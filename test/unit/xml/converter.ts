/** The converter of this project's definitions, for its tests. */
import { loadElements } from '../../../src/definitions/elements.ts';
import { createXmlConverter } from '../../../src/xml/converter.ts';

export const projectRoot = new URL('../../../', import.meta.url);
export const elements = await loadElements(projectRoot);
export const { toXml, toJson, resourceTypes } = createXmlConverter(elements);
