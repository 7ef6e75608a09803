/** CDC's downloads as records: XML with one element per record, and lines of columns (no section of FHIR). */
import { SaxesParser } from 'saxes';

/** The fields of a record. Names are in small letters without spaces and signs, values are trimmed. */
export type SourceRecord = Readonly<Record<string, string>>;

export interface XmlRecords {
  /** Name of the root element. */
  readonly root: string;
  readonly records: readonly SourceRecord[];
}

/** `MVX_CODE`, `Manufacturer Name`, `Fully-encodedString`: CDC writes names in many ways. */
const fieldName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

interface OpenRecord {
  readonly fields: Record<string, string>;
  /** What the last `<Name>` said, for the `<Value>` that follows. */
  name: string | undefined;
}

/**
 * Fields are child elements, or pairs of `<Name>` and `<Value>`; a link's address is its value.
 * @throws Error with the place of what is not well-formed, also where the text ends too early.
 */
export function readXmlRecords(text: string): XmlRecords {
  const records: SourceRecord[] = [];
  const path: string[] = [];
  let root = '';
  let record: OpenRecord | undefined;
  let content = '';
  const parser = new SaxesParser({ xmlns: false, position: true });
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name);
    content = attributes['xlink:href'] ?? '';
    if (path.length === 1) root = name;
    if (path.length === 2) record = { fields: {}, name: undefined };
  });
  parser.on('text', (part) => {
    content += part;
  });
  parser.on('cdata', (part) => {
    content += part;
  });
  parser.on('closetag', ({ name }) => {
    if (path.length === 3 && record) addField(record, name, content.trim());
    if (path.length === 2 && record) records.push(record.fields);
    path.pop();
    content = '';
  });
  parser.write(text).close();
  return { root, records };
}

function addField(record: OpenRecord, element: string, content: string): void {
  if (element === 'Name') record.name = fieldName(content);
  else if (element === 'Value') record.fields[record.name ?? 'value'] = content;
  else record.fields[fieldName(element)] = content;
}

/** @throws Error naming the line that has another number of columns than the names. */
export function readColumns(text: string, names: readonly string[]): readonly SourceRecord[] {
  return linesOf(text).map((line, index) => {
    const values = line.split('|');
    if (values.length !== names.length) {
      throw new Error(`line ${index + 1} has ${values.length} columns instead of ${names.length}`);
    }
    return Object.fromEntries(names.map((name, column) => [name, (values[column] ?? '').trim()]));
  });
}

/** The columns of the first line. */
export const countColumns = (text: string): number => linesOf(text)[0]?.split('|').length ?? 0;

const linesOf = (text: string): readonly string[] => text.split(/\r?\n/).filter((line) => line.trim() !== '');
