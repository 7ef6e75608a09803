import { describe, expect, it } from 'vitest';
import { withDatabase } from '../../../bench/engine.ts';
import { parseOptions, UsageError } from '../../../bench/options.ts';
import { SHAPES } from '../../../bench/shapes.ts';

describe('the options of the bench', () => {
  it('are all shapes on both populations where nothing is said', () => {
    expect(parseOptions([])).toMatchObject({ shapes: SHAPES, people: [1000, 16000], clients: 16, seconds: 5 });
  });

  it('choose shapes, populations and how long to measure', () => {
    const options = parseOptions([
      '--only',
      'read,create',
      '--patients',
      '500',
      '--seconds',
      '0.5',
      '--json',
      'a.json',
    ]);
    if (options === 'help') throw new Error('help was not asked for');
    expect(options.shapes.map(({ name }) => name)).toEqual(['read', 'create']);
    expect(options).toMatchObject({ people: [500], seconds: 0.5, json: 'a.json' });
  });

  it.each([
    [['--only', 'reed'], 'no such shape'],
    [['--patients', '10'], '500 or more'],
    [['--patients', 'many'], 'a number'],
    [['--clients', '1.5'], 'whole number'],
    [['--seconds', ''], 'a number'],
    [['--fast'], '--fast'],
    [['read'], 'read'],
  ])('refuse %j with words that help', (words, part) => {
    expect(() => parseOptions(words)).toThrow(UsageError);
    expect(() => parseOptions(words)).toThrow(part);
  });

  it('give help to those who ask', () => {
    expect(parseOptions(['--help'])).toBe('help');
  });
});

describe('the database of a population', () => {
  it.each([
    ['mongodb://h:1/?directConnection=true', 'mongodb://h:1/bench?directConnection=true'],
    ['mongodb://u:p@h1,h2/other?replicaSet=rs', 'mongodb://u:p@h1,h2/bench?replicaSet=rs'],
    ['mongodb+srv://h', 'mongodb+srv://h/bench'],
    ['mongodb://%2Ftmp%2Fs.sock/', 'mongodb://%2Ftmp%2Fs.sock/bench'],
  ])('is another one of the server of %s', (uri, expected) => {
    expect(withDatabase(uri, 'bench')).toBe(expected);
  });
});
