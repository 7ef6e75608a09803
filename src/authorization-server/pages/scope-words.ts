/** Scopes in plain words, for those who decide (SMART App Launch 2.2, scopes-and-launch-context.html: "authorization server … in a user-friendly way"). */
import { type Permission, parseScope, type ResourceScope } from '../../auth/scope.ts';

const IDENTITY: Readonly<Record<string, string>> = {
  openid: 'Know that it is you',
  profile: 'Know your name',
  fhirUser: 'Know who you are in the registry',
  offline_access: 'Keep access when you are away, for up to a year, until you take it back',
  online_access: 'Keep access while you stay logged in',
  launch: 'Know for which patient you opened it',
  'launch/patient': 'Know which record you chose',
};

const TYPES: Readonly<Record<string, string>> = {
  '*': 'everything in the record',
  Patient: 'name, birth date and contact details',
  Immunization: 'immunizations',
  ImmunizationRecommendation: 'recommended immunizations',
  ImmunizationEvaluation: 'evaluations of immunizations',
  Observation: 'observations and test results',
  Condition: 'conditions',
  AllergyIntolerance: 'allergies',
  Practitioner: 'names of health professionals',
  Organization: 'names of clinics',
  Location: 'places',
};

/** What the app may do if the scope is granted. */
export function scopeWords(text: string): string {
  const scope = parseScope(text, () => true);
  if (scope?.kind !== 'resource') return IDENTITY[text] ?? text;
  return `${deeds(scope)} ${TYPES[scope.resourceType] ?? `${scope.resourceType} resources`}${conditions(scope)} ${whose(scope)}`;
}

const DEEDS: readonly (readonly [letters: string, words: string])[] = [
  ['rs', 'see'],
  ['c', 'add'],
  ['u', 'change'],
  ['d', 'delete'],
];

function deeds({ permissions }: ResourceScope): string {
  const done = DEEDS.filter(([letters]) => [...letters].some((letter) => permissions.has(letter as Permission)));
  const text = done
    .map(([, words]) => words)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const conditions = ({ constraints }: ResourceScope): string =>
  constraints.length === 0
    ? ''
    : `, only where ${constraints.map(({ name, value }) => `${name} is ${value}`).join(' and ')},`;

const whose = ({ level }: ResourceScope): string =>
  level === 'patient' ? 'of this one person' : 'of everyone whose record you may see';
