/** CDC's files that the code sets in force were made of: those of the last imports, else those that come with the server. */
import { readBuiltInSources } from './generate-code-sets.ts';
import type { SourceRecord } from './jobs/codesets/records.ts';
import { latest, toDate } from './jobs/codesets/resources.ts';
import type { Source, SourceName } from './jobs/codesets/source.ts';
import type { Database } from './storage/database.ts';

interface SourceDocument {
  readonly _id: SourceName;
  readonly records: readonly SourceRecord[];
  readonly importedAt: Date;
}

const documents = ({ db }: Database) => db.collection<SourceDocument>('jenner_code_set_sources');

/** An imported file goes before ours, unless ours has a newer entry: then it came with a later edition of the server. */
export async function sourcesInForce(database: Database, root: URL): Promise<readonly Source[]> {
  const builtIn = readBuiltInSources(root);
  const imported = (await documents(database).find().toArray()).map(
    ({ _id, records }): Source => ({ name: _id, records }),
  );
  const isOlder = (source: Source): boolean => {
    const own = builtIn.find(({ name }) => name === source.name);
    return own !== undefined && newestEntry(own) > newestEntry(source);
  };
  const chosen = imported.filter((source) => !isOlder(source));
  const names = new Set(chosen.map(({ name }) => name));
  return [...chosen, ...builtIn.filter(({ name }) => !names.has(name))];
}

const newestEntry = ({ records }: Source): string =>
  latest(records.map(({ lastupdated }) => toDate(lastupdated))) ?? '';

export async function saveSources(database: Database, sources: readonly Source[], importedAt: Date): Promise<void> {
  for (const { name, records } of sources) {
    await documents(database).replaceOne({ _id: name }, { records, importedAt }, { upsert: true });
  }
}
