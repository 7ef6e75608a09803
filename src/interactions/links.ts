/**
 * References between the entries of a Bundle (FHIR R4, http.html#transaction and bundle.html#references): what an entry
 * is called in the Bundle gives way to what it is called on the server, in references, uris and narrative links alike.
 */
import { rewriteStrings } from '../fhir/json-text.ts';
import { parseJson, type ResourceContent, toContent } from '../fhir/resource-content.ts';

/** From what is written in the Bundle (a fullUrl, a conditional reference) to `Type/id`. */
export type Links = ReadonlyMap<string, string>;

const NARRATIVE_LINK = /((?:href|src)\s*=\s*)(["'])(.*?)\2/g;

/** The same resource with its links rewritten; `linkElements` names the elements that hold links (not canonicals). */
export function rewriteLinks(
  content: ResourceContent,
  links: Links,
  { fullUrl, linkElements }: { readonly fullUrl: string | undefined; readonly linkElements: ReadonlySet<string> },
): ResourceContent {
  if (links.size === 0) return content;
  const base = restfulBase(fullUrl);
  const resolve = (link: string): string | undefined => links.get(link) ?? links.get(`${base}${link}`);
  const text = rewriteStrings(content.text, (key, value) => {
    if (key === 'div') return rewriteNarrative(value, resolve);
    return linkElements.has(key) ? resolve(value) : undefined;
  });
  return text === content.text ? content : toContent(text, parseJson(text));
}

function rewriteNarrative(div: string, resolve: (link: string) => string | undefined): string | undefined {
  const rewritten = div.replace(NARRATIVE_LINK, (whole, attribute: string, quote: string, link: string) => {
    const target = resolve(link);
    return target === undefined ? whole : `${attribute}${quote}${target}${quote}`;
  });
  return rewritten === div ? undefined : rewritten;
}

/** `http://host/base/` of a RESTful fullUrl, against which relative references in that entry are resolved. */
const restfulBase = (fullUrl: string | undefined): string | undefined =>
  /^(https?:\/\/.+\/)[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl ?? '')?.[1];
