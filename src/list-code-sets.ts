/** `codesets list`: the code systems and concept maps in force, with their editions (docs/terminology.md). */
import type { Terminology } from './terminology/terminology.ts';
import { withRegistry } from './with-registry.ts';

interface ListedSet {
  readonly url: string;
  readonly version: string | undefined;
  readonly date: string | undefined;
  readonly codes: number | undefined;
}

export async function listCodeSets(root: URL, asJson: boolean): Promise<number> {
  const sets = await withRegistry(root, async ({ jenner }) => codeSetsInForce(jenner.terminology.terminology));
  process.stdout.write(`${asJson ? JSON.stringify(sets, null, 2) : formatList(sets)}\n`);
  return 0;
}

/** Those of one URL once: the edition that is in force. */
function codeSetsInForce(terminology: Terminology): readonly ListedSet[] {
  const urls = [...new Set(terminology.codeSystems().map(({ url }) => url))];
  const systems = urls.flatMap((url) => {
    const system = terminology.codeSystem(url);
    return system ? [{ url, version: system.version, date: system.date, codes: system.size }] : [];
  });
  const maps = terminology
    .conceptMaps()
    .map(({ url = '', version }) => ({ url, version, date: version, codes: undefined }));
  return [...systems, ...maps].toSorted((a, b) => (a.url < b.url ? -1 : 1));
}

function formatList(sets: readonly ListedSet[]): string {
  const width = Math.max(...sets.map(({ url }) => url.length));
  return sets
    .map(({ url, version, date, codes }) => {
      const edition = [version ?? 'no version', date?.slice(0, 10) ?? 'no date'].join('  ');
      return `${url.padEnd(width)}  ${edition}${codes === undefined ? '' : `  ${codes} codes`}`;
    })
    .join('\n');
}
