/** Which id a resource gets when it is loaded, the same on every run (FHIR R4, resource.html#id). */

import { v5 } from 'uuid';
import { objectMembers } from '../../fhir/json-text.ts';

/** The name space of every id we derive from content; a change would make duplicates of all that was loaded before. */
const CONTENT_NAMESPACE = 'a3f0c1de-5b7c-5d0e-9d0b-6a1c7e2f4b90';

const URN_UUID = /^urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** An id that follows from the content alone. */
export const contentId = (content: string): string => v5(content, CONTENT_NAMESPACE);

/** The uuid of a `urn:uuid:` URL in lower case, or `undefined` for any other URL. */
export const uuidOf = (fullUrl: string | undefined): string | undefined =>
  URN_UUID.exec(fullUrl ?? '')?.[1]?.toLowerCase();

/** The resource's text with this id, every other character unchanged. */
export function withId(text: string, id: string): string {
  const members = objectMembers(text);
  const literal = JSON.stringify(id);
  const present = members.find(({ key }) => key === 'id');
  if (present) return text.slice(0, present.start) + literal + text.slice(present.end);
  const type = members.find(({ key }) => key === 'resourceType');
  return type ? `${text.slice(0, type.end)},"id":${literal}${text.slice(type.end)}` : text;
}
