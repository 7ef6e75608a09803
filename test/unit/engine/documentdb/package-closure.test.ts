import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closePackages } from '../../../../src/engine/documentdb/package-closure.ts';
import {
  createPackageIndexReader,
  dependenciesOf,
  type PackageIndex,
} from '../../../../src/engine/documentdb/package-index.ts';

const INDEX = [
  'Package: postgresql-17-documentdb\nVersion: 1.0-1\nSize: 5\nDepends: postgresql-17',
  'Package: postgresql-18-documentdb\nVersion: 1.0-2\nSize: 10\nDepends: postgresql-18 (>= 18.1), libc6, perl:any | libperl',
  'Package: postgresql-18\nVersion: 18.1-1\nSize: 20\nPre-Depends: libssl3 | libssl3t64\nDepends: mail-agent, libnope',
  'Package: postgresql-17\nVersion: 17.1-1\nSize: 21',
  'Package: libc6\nVersion: 2.42\nSize: 30\nDescription: the C library\n Package: not-this-one\n',
  'Package: libssl3t64\nVersion: 3.5\nSize: 40\nProvides: libssl3-abi (= 1)\nDepends: libc6',
  'Package: tiny-mail\nVersion: 1\nSize: 1\nProvides: mail-agent, other',
  'Package: perl\nVersion: 5.40\nSize: 99',
].join('\n\n');

function read(text: string, lengths: readonly number[] = []): PackageIndex {
  const reader = createPackageIndexReader();
  let rest = text;
  for (const length of lengths) {
    reader.read(rest.slice(0, length));
    rest = rest.slice(length);
  }
  reader.read(rest);
  return reader.finish();
}

const namesOf = (index: PackageIndex, extent: 'lean' | 'whole'): readonly string[] | undefined =>
  closePackages(index, { extent })?.packages.map(({ name }) => name);

describe('a package index', () => {
  it('is read the same in pieces of any length', () => {
    const whole = read(INDEX);
    const pieces = fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 30 });
    const isSame = (lengths: readonly number[]): void => {
      expect(read(INDEX, lengths)).toEqual(whole);
    };
    fc.assert(fc.property(pieces, isSame));
  });

  it('gives name, version, size, dependencies with their alternatives, and what is provided', () => {
    const postgres = read(INDEX).packages.get('postgresql-18');
    expect(postgres).toMatchObject({ name: 'postgresql-18', version: '18.1-1', size: 20 });
    expect(postgres && dependenciesOf(postgres)).toEqual([['libssl3', 'libssl3t64'], ['mail-agent'], ['libnope']]);
    expect(read(INDEX).providers.get('libssl3-abi')).toBe('libssl3t64');
  });

  it('takes a line of a description for what it is', () => {
    expect(read(INDEX).packages.has('not-this-one')).toBe(false);
  });
});

describe('the packages of an engine', () => {
  it('are the newest one with its dependencies, first alternatives and providers', () => {
    const expected = ['postgresql-18-documentdb', 'postgresql-18', 'libc6', 'libssl3t64', 'tiny-mail'];
    expect(namesOf(read(INDEX), 'lean')).toEqual(expected);
  });

  it('leave out what a running engine never loads, unless everything is asked for', () => {
    expect(namesOf(read(INDEX), 'lean')).not.toContain('perl');
    expect(namesOf(read(INDEX), 'whole')).toContain('perl');
  });

  it('are those of the major version that the data need', () => {
    const closure = closePackages(read(INDEX), { extent: 'lean', postgresMajor: 17 });
    expect(closure).toMatchObject({ postgresMajor: 17, documentdbVersion: '1.0-1' });
    expect(closePackages(read(INDEX), { extent: 'lean', postgresMajor: 16 })).toBeUndefined();
  });

  it('are compared by number, so that version 100 is newer than 18', () => {
    const index = read(`${INDEX}\n\nPackage: postgresql-100-documentdb\nVersion: 9\nSize: 1`);
    expect(closePackages(index, { extent: 'lean' })?.postgresMajor).toBe(100);
  });

  it('are none where the archive does not have the engine', () => {
    expect(closePackages(read('Package: postgresql-18\nVersion: 1\nSize: 1'), { extent: 'lean' })).toBeUndefined();
  });

  it('are found though they depend on each other in a circle', () => {
    const circle =
      'Package: postgresql-18-documentdb\nDepends: a\n\nPackage: a\nDepends: b\n\nPackage: b\nDepends: a\n';
    expect(namesOf(read(circle), 'lean')).toEqual(['postgresql-18-documentdb', 'a', 'b']);
  });
});
