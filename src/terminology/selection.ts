/** Sets of codes and what can be made of them (FHIR R4, valueset.html#compositions): union, intersection, difference. */
import type { Member, Membership } from './terminology.ts';

/** A set of codes that may be too large, or too little known, to be listed. */
export interface Selection {
  /** Without a system: whether the code of any system is in it. */
  membership(system: string | undefined, code: string): Membership;
  /** In order, each once; undefined where it can't be listed from what is here. */
  list(): readonly Member[] | undefined;
  /** What is in it for certain, in order. */
  known(): readonly Member[];
  /** Why it can't be listed. */
  readonly obstacles: readonly string[];
}

/** What can't be known here: every code of the system (or of any) may be in it. */
export const unknowable = (why: string, system?: string): Selection => ({
  membership: (asked) => (system === undefined || asked === undefined || asked === system ? 'undecided' : 'out'),
  list: () => undefined,
  known: () => [],
  obstacles: [why],
});

export function union(parts: readonly Selection[]): Selection {
  const [only, ...others] = parts;
  if (only && others.length === 0) return only;
  return {
    membership(system, code) {
      let best: Membership = 'out';
      for (const part of parts) {
        const found = part.membership(system, code);
        if (found === 'in') return found;
        if (found === 'undecided') best = found;
      }
      return best;
    },
    list() {
      const lists = parts.map((part) => part.list());
      return lists.some((list) => list === undefined) ? undefined : distinct(lists.flatMap((list) => list ?? []));
    },
    known: () => distinct(parts.flatMap((part) => part.known())),
    obstacles: obstaclesOf(parts),
  };
}

export function intersection(parts: readonly Selection[]): Selection {
  const [only, ...others] = parts;
  if (only && others.length === 0) return only;
  const membership: Selection['membership'] = (system, code) => {
    let worst: Membership = 'in';
    for (const part of parts) {
      const found = part.membership(system, code);
      if (found === 'out') return found;
      if (found === 'undecided') worst = found;
    }
    return worst;
  };
  return {
    membership,
    list: () => {
      // One part that can be listed is enough, if the others know of each of its members.
      for (const part of parts) {
        const found = part.list() && keepDecided(part.list() ?? [], membership);
        if (found) return found;
      }
      return undefined;
    },
    known: () => distinct(parts.flatMap((part) => part.known())).filter(isIn(membership)),
    obstacles: obstaclesOf(parts),
  };
}

export function difference(from: Selection, without: Selection): Selection {
  const membership: Selection['membership'] = (system, code) => {
    const inside = from.membership(system, code);
    if (inside === 'out') return inside;
    const excluded = without.membership(system, code);
    if (excluded === 'in') return 'out';
    return excluded === 'undecided' ? excluded : inside;
  };
  return {
    membership,
    list: () => keepDecided(from.list(), membership),
    known: () => from.known().filter(isIn(membership)),
    obstacles: obstaclesOf([from, without]),
  };
}

const isIn =
  (membership: Selection['membership']) =>
  ({ system, code }: Member): boolean =>
    membership(system, code) === 'in';

/** Undefined where one of the members can't be decided. */
function keepDecided(
  members: readonly Member[] | undefined,
  membership: Selection['membership'],
): readonly Member[] | undefined {
  const judged = members?.map((member) => ({ member, found: membership(member.system, member.code) }));
  if (judged === undefined || judged.some(({ found }) => found === 'undecided')) return undefined;
  return judged.filter(({ found }) => found === 'in').map(({ member }) => member);
}

function distinct(members: readonly Member[]): readonly Member[] {
  const seen = new Map<string, Member>();
  for (const member of members) {
    const key = `${member.system}|${member.code}`;
    if (!seen.has(key)) seen.set(key, member);
  }
  return [...seen.values()];
}

const obstaclesOf = (parts: readonly Selection[]): readonly string[] => [
  ...new Set(parts.flatMap(({ obstacles }) => obstacles)),
];
