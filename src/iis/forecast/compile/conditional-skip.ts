/** Compiles the conditional skips of a series dose (CDSi logic specification 6.2). */
import type { ConditionalSkip, DoseCount, SkipCondition, SkipSet } from '../supporting-data.ts';
import {
  optional,
  parseAgeRange,
  parseCompactDate,
  parseCvxList,
  parseDuration,
  parseInForce,
  parseWord,
  required,
} from './fields.ts';
import { childrenOf, textOf, type XmlElement } from './xml-element.ts';

const CONTEXTS = { evaluation: 'evaluation', forecast: 'forecast', both: 'both' } as const;
const LOGIC = { and: 'and', or: 'or', 'n/a': 'and' } as const;
const CONDITION_TYPES = {
  age: 'age',
  interval: 'interval',
  'completed series': 'completed-series',
  'vaccine count by age': 'vaccine-count',
  'vaccine count by date': 'vaccine-count',
  'vaccine count by date and age': 'vaccine-count',
} as const;
const DOSE_TYPES = { valid: 'valid', total: 'total' } as const;
const COUNT_LOGIC = {
  'greater than': 'greater-than',
  'equal to': 'equal-to',
  equal: 'equal-to',
  'less than': 'less-than',
} as const;

export function compileConditionalSkip(element: XmlElement): ConditionalSkip {
  return {
    context: parseWord(CONTEXTS, 'the context of a conditional skip', textOf(element, 'context')),
    logic: parseWord(LOGIC, 'the set logic of a conditional skip', textOf(element, 'setLogic') ?? 'n/a'),
    sets: childrenOf(element, 'set').map(compileSet),
  };
}

function compileSet(element: XmlElement): SkipSet {
  return {
    description: textOf(element, 'setDescription') ?? '',
    // Left out where the set has a single condition.
    logic: parseWord(LOGIC, 'the condition logic of a set', textOf(element, 'conditionLogic') ?? 'n/a'),
    conditions: childrenOf(element, 'condition').map(compileCondition),
    ...parseInForce(element),
  };
}

function compileCondition(element: XmlElement): SkipCondition {
  const type = parseWord(CONDITION_TYPES, 'a condition type', textOf(element, 'conditionType'));
  switch (type) {
    case 'age':
      return { type, ...parseAgeRange(element) };
    case 'interval':
      return { type, interval: parseDuration(required(element, 'interval')) };
    case 'completed-series':
      return { type, seriesGroups: new Set(required(element, 'seriesGroups').split(/\s*;\s*/)) };
    case 'vaccine-count':
      return { type, ...parseAgeRange(element), ...dateWindow(element), count: compileCount(element) };
  }
}

const dateWindow = (element: XmlElement) => ({
  ...optional('startDate', textOf(element, 'startDate'), parseCompactDate),
  ...optional('endDate', textOf(element, 'endDate'), parseCompactDate),
});

function compileCount(element: XmlElement): DoseCount {
  return {
    logic: parseWord(COUNT_LOGIC, 'a dose count logic', textOf(element, 'doseCountLogic')),
    than: Number(required(element, 'doseCount')),
    doseType: parseWord(DOSE_TYPES, 'a dose type', textOf(element, 'doseType')),
    ...optional('vaccineTypes', textOf(element, 'vaccineTypes'), parseCvxList),
  };
}
