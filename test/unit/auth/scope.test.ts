/** The grammar of scopes, also against a second parser that works by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Permission, parseScope, parseScopes } from '../../../src/auth/scope.ts';

const TYPES = ['Patient', 'Immunization', 'Observation'];
const isResourceType = (name: string) => TYPES.includes(name);
const parse = (text: string) => parseScope(text, isResourceType);
const lettersOf = (text: string) => {
  const scope = parse(text);
  return scope?.kind === 'resource' ? [...scope.permissions].join('') : undefined;
};

describe('a scope', () => {
  it.each([
    'patient/Immunization.rs',
    'user/*.cruds',
    'system/Patient.r',
    'patient/*.read',
    'patient/Observation.*',
    'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
    'user/Immunization.cud',
    'user/Immunization.rs?_tag=a&vaccine-code=207',
  ])('%s is understood (SCO-01)', (text) => {
    expect(parse(text)?.kind).toBe('resource');
  });

  it.each([
    'patient/Immunization.dus',
    'patient/Immunization.',
    'patient/Immunization.sr',
    'patient/immunization.rs',
    'Patient/Immunization.rs',
    'patient/Foo.rs',
    'patient/Immunization.rs?',
    'patient/Immunization.rs?category',
    'patient/Immunization.rs?a.b=1',
    'patient/Immunization.rs?_has:Observation:patient:code=1',
    'patient/Immunization.rs?code:in=x',
    'patient/Observation.rs?category=x&code:in=y',
    'patient/*.rs?category=x',
    'patient/Immunization.read?x=1',
    'patient/Immunization.*?x=1',
    'patient/Immunization.rss',
    'patient/Immunization.read-only',
    'patient/Immunization.rs\n',
    '',
    '*',
    'patient/Immunization.rs?=1',
    'patient/Immunization.rs?_include:iterate=x',
    'patient/Immunization.rs?_include=x',
    'patient/Immunization.rs?_filter=x',
    'patient/Immunization.rs?a=',
    'patient/Immunization.rs?a=%',
    'patient/Immunization.rs?a=1&',
    'patient/Immunization.rs?a="1"',
    'patient/Immunization.RS',
    'patient/$everything.r',
    'patient/Immunization.toString',
    'patient/constructor.r',
    '__proto__',
    'launch/Patient',
    'launch/',
    'openid ',
    `patient/Immunization.rs?a=${'x'.repeat(3000)}`,
  ])('%j is none (SCO-01, SCO-10)', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('of version 1 says the same as letters of version 2 (SCO-02)', () => {
    expect(lettersOf('patient/Immunization.read')).toBe('rs');
    expect(lettersOf('patient/Immunization.write')).toBe('cud');
    expect(lettersOf('patient/Immunization.*')).toBe('cruds');
  });

  it('has constraints with their values decoded', () => {
    expect(parse('user/Observation.s?category=a%20b&_id=1|2')).toMatchObject({
      level: 'user',
      resourceType: 'Observation',
      constraints: [
        { name: 'category', value: 'a b' },
        { name: '_id', value: '1|2' },
      ],
    });
  });

  it('may be about the launch or the user', () => {
    expect(parse('launch')).toEqual({ kind: 'launch', context: undefined, role: undefined });
    expect(parse('launch/patient')).toMatchObject({ context: 'patient' });
    expect(parse('launch/encounter?role=http://example.org/role')).toMatchObject({ role: 'http://example.org/role' });
    expect(parse('fhirUser')).toEqual({ kind: 'identity', name: 'fhirUser' });
  });

  it('is read from a list, where others are passed over', () => {
    const scopes = parseScopes('openid junk patient/Patient.r  patient/Patient.r user/Foo.r', isResourceType);
    expect(scopes.map(({ kind }) => kind)).toEqual(['identity', 'resource']);
  });

  it('is what a second parser, without patterns, takes for one (SCO-01)', () => {
    const levels = fc.constantFrom('patient', 'user', 'system', 'Patient', 'launch', '');
    const types = fc.constantFrom(...TYPES, '*', 'Foo', 'patient', '__proto__');
    const letters = fc.oneof(
      fc.constantFrom('read', 'write', '*', 'reads', ''),
      fc.array(fc.constantFrom('c', 'r', 'u', 'd', 's', 'x'), { maxLength: 6 }).map((list) => list.join('')),
    );
    const names = fc.constantFrom('code', '_id', '_include', 'a.b', 'a:in', '', '9', 'a-b');
    const pairs = fc.tuple(names, fc.constantFrom('=', '', '=='), fc.constantFrom('x', '', 'a|b', ' ', '%41', '\n'));
    const queries = fc
      .array(
        pairs.map((parts) => parts.join('')),
        { maxLength: 3 },
      )
      .map((list) => list.join('&'));
    const scopes = fc
      .tuple(levels, types, letters, fc.option(queries, { nil: undefined }), fc.constantFrom('', '', '', ' ', '\n'))
      .map(
        ([level, type, perms, query, end]) =>
          `${level}/${type}.${perms}${query === undefined ? '' : `?${query}`}${end}`,
      );
    fc.assert(
      fc.property(scopes, (text) => {
        const scope = parse(text);
        expect(scope?.kind === 'resource' ? [...scope.permissions] : undefined).toEqual(byHand(text));
      }),
      { numRuns: 20_000 },
    );
  });
});

const ORDER: readonly Permission[] = ['c', 'r', 'u', 'd', 's'];

/** The letters of a resource scope, found by cutting at separators. */
function byHand(text: string): Permission[] | undefined {
  if ([...text].some((character) => character <= ' ' || character > '~' || character === '"' || character === '\\'))
    return undefined;
  const slash = text.indexOf('/');
  if (!['patient', 'user', 'system'].includes(text.slice(0, slash))) return undefined;
  const rest = text.slice(slash + 1);
  const mark = rest.indexOf('?');
  const head = mark < 0 ? rest : rest.slice(0, mark);
  const dot = head.indexOf('.');
  const [type, word] = [head.slice(0, dot), head.slice(dot + 1)];
  if (type !== '*' && !TYPES.includes(type)) return undefined;
  const isVersion1 = word === 'read' || word === 'write' || word === '*';
  if (
    mark >= 0 &&
    (isVersion1 ||
      type === '*' ||
      !rest
        .slice(mark + 1)
        .split('&')
        .every(isPair))
  )
    return undefined;
  return isVersion1 ? ([...{ read: 'rs', write: 'cud', '*': 'cruds' }[word]] as Permission[]) : orderedLetters(word);
}

function isPair(pair: string): boolean {
  const at = pair.indexOf('=');
  const name = pair.slice(0, at);
  if (at < 1 || at === pair.length - 1 || name.startsWith('_')) return name === '_id' && at === 3 && pair.length > 4;
  const isLetter = (character: string) => character.toLowerCase() !== character.toUpperCase();
  return (
    isLetter(name.charAt(0)) &&
    [...name].every((character) => isLetter(character) || '0123456789_-'.includes(character))
  );
}

function orderedLetters(word: string): Permission[] | undefined {
  const letters = ORDER.filter((letter) => word.includes(letter));
  return word !== '' && letters.join('') === word ? letters : undefined;
}
