/** The floors of the house: who may import whom (docs/architecture.md). To change the house, change this table. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Room {
  /** Rooms it may import from, besides itself. */
  readonly imports: readonly string[];
  /** Packages that only this room may import (and those that share it). */
  readonly owns?: readonly string[];
  /** No I/O, no clock, no randomness: both come in as arguments. */
  readonly pure?: true;
}

const everything = [
  'auth',
  'authorization-server',
  'authorization-store',
  'definitions',
  'engine',
  'fhir',
  'forecasts',
  'http',
  'iis',
  'interactions',
  'jobs',
  'search',
  'storage',
  'terminology',
  'validation',
  'tokens',
  'xml',
  '',
];

const rooms: Readonly<Record<string, Room>> = {
  // The files directly in src/: main, compose, config and what the commands are made of.
  '': { imports: everything, owns: ['ajv', 'cli-progress'] },
  http: { imports: ['auth', 'fhir', 'interactions', ''], owns: ['express'] },
  jobs: { imports: ['definitions', 'fhir', 'interactions', 'terminology'], owns: ['cli-progress', 'saxes'] },
  'authorization-server': { imports: ['auth', 'fhir', 'interactions', ''], owns: ['jose', 'oidc-provider'] },
  'authorization-store': { imports: ['authorization-server'], owns: ['mongodb'] },
  interactions: { imports: ['auth', 'definitions', 'fhir', 'iis', 'search', 'terminology', 'validation'] },
  storage: { imports: ['auth', 'definitions', 'fhir', 'search', 'terminology'], owns: ['mongodb'] },
  forecasts: { imports: ['definitions', 'fhir', 'iis', 'interactions', 'storage'] },
  engine: { imports: [], owns: ['mongodb', 'mongodb-memory-server-core'] },
  definitions: { imports: ['fhir', 'iis', 'search', 'terminology'] },
  iis: { imports: ['fhir'], pure: true },
  tokens: { imports: ['auth', 'fhir'], owns: ['jose'] },
  auth: { imports: ['fhir', 'search'], pure: true },
  search: { imports: ['fhir', 'terminology'], pure: true },
  terminology: { imports: ['fhir'], pure: true },
  xml: { imports: ['definitions', 'fhir'], owns: ['saxes'], pure: true },
  validation: { imports: ['definitions', 'fhir', 'terminology', 'xml'], owns: ['ajv'], pure: true },
  fhir: { imports: [], pure: true },
};

/** `log.ts` is the one file of the top floor that rooms below may use: its type only. */
const SHARED_FILES = new Set(['log.ts']);

const src = resolve(import.meta.dirname, '../../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const roomOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '');

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const imports: readonly Import[] = files.flatMap((file) =>
  [...readFileSync(join(src, file), 'utf8').matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gms)].map(
    ([, type, specifier = '']) => ({ file, specifier, typeOnly: type !== undefined }),
  ),
);
const local = imports.filter(({ specifier }) => specifier.startsWith('.'));
const packages = imports.filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'));
const targetOf = ({ file, specifier }: Import): string => relative(src, resolve(src, dirname(file), specifier));

describe('the house', () => {
  it('has no room that is not in the table', () => {
    expect(files.map(roomOf).filter((room) => !(room in rooms))).toEqual([]);
  });

  it('is searched by this test in earnest', () => {
    expect(local.length).toBeGreaterThan(200);
  });

  it('keeps every import on its floor', () => {
    const strays = local.filter((entry) => {
      const [from, to] = [roomOf(entry.file), roomOf(targetOf(entry))];
      const allowed = from === to || rooms[from]?.imports.includes(to);
      return !allowed || (to === '' && from !== '' && !SHARED_FILES.has(targetOf(entry)));
    });
    expect(strays).toEqual([]);
  });

  it('imports a package only in the room that owns it', () => {
    const owned = new Map<string, string[]>();
    for (const [room, { owns = [] }] of Object.entries(rooms)) {
      for (const name of owns) owned.set(name, [...(owned.get(name) ?? []), room]);
    }
    const strays = packages.filter(({ file, specifier, typeOnly }) => {
      const owners = owned.get(specifier);
      return owners && !typeOnly && !owners.includes(roomOf(file));
    });
    expect(strays).toEqual([]);
  });

  it('keeps node modules, clocks and chance out of the pure rooms', () => {
    const pure = files.filter((file) => rooms[roomOf(file)]?.pure);
    const impure = pure.filter((file) =>
      /from 'node:|Date\.now\(|new Date\(\)|Math\.random|randomUUID|process\./.test(
        readFileSync(join(src, file), 'utf8'),
      ),
    );
    expect(impure).toEqual([]);
  });

  it('joins storage and interactions in compose.ts only', () => {
    const joins = files.filter((file) => {
      const targets = new Set(local.filter((entry) => entry.file === file).map((entry) => roomOf(targetOf(entry))));
      return targets.has('storage') && targets.has('interactions');
    });
    expect(joins.filter((file) => file !== 'compose.ts')).toEqual([]);
  });
});
