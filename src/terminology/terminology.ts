/**
 * What a code means here: code systems, value sets and concept maps compiled to lookups (FHIR R4,
 * terminology-module.html). Everything is answered from memory, without waiting.
 */
import type { CodeableConcept, CodeSystem, Coding, ConceptMap, ValueSet } from '@medplum/fhirtypes';

export type TerminologyResource = CodeSystem | ValueSet | ConceptMap;
export type TerminologyType = TerminologyResource['resourceType'];

export const terminologyTypes: readonly TerminologyType[] = ['CodeSystem', 'ValueSet', 'ConceptMap'];

/** A resource by what it is found by; its content is read when it is needed. */
export interface TerminologyEntry {
  readonly resourceType: TerminologyType;
  readonly url: string;
  readonly version: string | undefined;
  /** As FHIR writes it; the latest of several editions is the one in force. */
  readonly date: string | undefined;
  /** Other URLs that mean the same: identifiers of the form `urn:oid:…`. */
  readonly aliases: readonly string[];
  read(): TerminologyResource;
}

/** A code in a code system, by the system's canonical URL. */
export interface SystemCode {
  readonly system: string;
  readonly code: string;
}

export interface Designation {
  readonly language?: string;
  readonly use?: Coding;
  readonly value: string;
}

/** A property of a concept, as `CodeSystem.concept.property` has it: `value` is a text unless the type says otherwise. */
export interface ConceptProperty {
  readonly code: string;
  readonly type:
    | 'valueCode'
    | 'valueCoding'
    | 'valueString'
    | 'valueInteger'
    | 'valueBoolean'
    | 'valueDateTime'
    | 'valueDecimal';
  readonly value: string | number | boolean | Coding;
}

export interface Concept {
  /** As the code system writes it; it may be found by another case or by an alternate code. */
  readonly code: string;
  readonly display?: string;
  readonly definition?: string;
  readonly designations: readonly Designation[];
  readonly properties: readonly ConceptProperty[];
  /** Not for new records. It stays a valid code: records that have it are taken. */
  readonly inactive: boolean;
  /** Not for use as a value (`notSelectable`). */
  readonly abstract: boolean;
  /** The codes right above and right below. */
  readonly parents: readonly string[];
  readonly children: readonly string[];
}

/** Outcomes of `CodeSystem/$subsumes` (value set `concept-subsumption-outcome`). */
export type Subsumption = 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed';

export interface CompiledCodeSystem {
  readonly url: string;
  readonly version: string | undefined;
  readonly name: string | undefined;
  readonly title: string | undefined;
  /** Date of the edition, as FHIR writes it. */
  readonly date: string | undefined;
  /** Whether every code of the system is here: a code that is missing from part of a system may yet be one. */
  readonly isComplete: boolean;
  readonly size: number;
  /** Also by an alternate code (NDC has two forms), and in any case where the system does not care for case. */
  concept(code: string): Concept | undefined;
  /** In the order of the system. */
  concepts(): Iterable<Concept>;
  /** How the first stands to the second; undefined where one of them is no code of the system. */
  subsumes(codeA: string, codeB: string): Subsumption | undefined;
  /** The codes below (above), at any distance, without the code itself; empty for an unknown code. */
  descendants(code: string): ReadonlySet<string>;
  ancestors(code: string): ReadonlySet<string>;
}

/** A member of a value set. */
export interface Member extends SystemCode {
  readonly display?: string;
  readonly inactive: boolean;
  readonly abstract: boolean;
  readonly designations: readonly Designation[];
}

/** Whether a code is in a value set; `undecided` where that takes a code system that is not here, or not whole. */
export type Membership = 'in' | 'out' | 'undecided';

export interface CompiledValueSet {
  /** What it was compiled from. */
  readonly definition: ValueSet;
  readonly url: string | undefined;
  readonly version: string | undefined;
  readonly name: string | undefined;
  readonly title: string | undefined;
  /** Below a microsecond. Without a system: whether any system's code of that name is in it (elements of type `code`). */
  contains(system: string | undefined, code: string): Membership;
  /** The member as the value set has it. */
  member(system: string | undefined, code: string): Member | undefined;
  /** All members, in the order of the definition; undefined where they can't be listed from what is here. */
  members(): readonly Member[] | undefined;
  /** What is in it for certain, where not all members can be listed. */
  knownMembers(): readonly Member[];
  /** Why the members can't be listed, or what a membership is undecided for. */
  readonly obstacles: readonly string[];
}

/** Where a code leads to, by one entry of a concept map. */
export interface Translation extends SystemCode {
  readonly display?: string;
  readonly equivalence: string;
  readonly comment?: string;
  /** Canonical URL of the map. */
  readonly map: string | undefined;
}

export interface CompiledConceptMap {
  readonly url: string | undefined;
  readonly version: string | undefined;
  /** Canonical URLs of the value sets that it is from and to. */
  readonly source: string | undefined;
  readonly target: string | undefined;
  /** Every entry for the code; with `reverse`, from target to source. */
  translate(from: SystemCode, reverse: boolean): readonly Translation[];
}

/** What a coding is held against: a value set's canonical URL, with a version after `|` where one is wanted. */
export interface CodeBinding {
  /** Absent: the coding is held against its code system alone. */
  readonly valueSet?: string;
}

/**
 * What became of a check. Strength is the caller's: `not-in-value-set` is an error for a required binding only.
 *
 * `unknown-code` has `mayBeNew` where the system grows between editions (CVX, MVX, NDC, CPT) and the code is well-formed,
 * or where only a part of the system is here: a warning at most, never a refusal.
 */
export type CodeOutcome =
  | { readonly kind: 'ok'; readonly inactive: boolean; readonly display: string | undefined }
  | { readonly kind: 'unknown-system'; readonly system: string | undefined }
  | { readonly kind: 'unknown-code'; readonly system: string; readonly mayBeNew: boolean }
  | { readonly kind: 'wrong-display'; readonly expected: readonly string[] }
  | { readonly kind: 'not-in-value-set' }
  | { readonly kind: 'unknown-value-set'; readonly valueSet: string }
  | { readonly kind: 'undecided'; readonly why: string };

/** Each coding's own outcome, and the one of the whole: a concept is in a value set when one of its codings is. */
export interface ConceptOutcome {
  readonly whole: CodeOutcome;
  readonly codings: readonly CodeOutcome[];
}

/** Canonical URLs may carry a version: `http://hl7.org/fhir/ValueSet/x|4.0.1`. An old `urn:oid:` of a system works too. */
export interface Terminology {
  codeSystem(url: string): CompiledCodeSystem | undefined;
  valueSet(url: string): CompiledValueSet | undefined;
  conceptMap(url: string): CompiledConceptMap | undefined;
  conceptMaps(): readonly CompiledConceptMap[];
  /** What is here of each code system, without compiling it. */
  codeSystems(): readonly TerminologyEntry[];
  /** A resource that came with a request, among those that are here. */
  compileCodeSystem(resource: CodeSystem): CompiledCodeSystem;
  compileValueSet(resource: ValueSet): CompiledValueSet;
  compileConceptMap(resource: ConceptMap): CompiledConceptMap;
  /**
   * Every code that a search with `:in` must match, alternate codes with them, as far as the code systems are here;
   * undefined where there is no such value set or none of its members can be listed.
   */
  expansion(valueSet: string): readonly SystemCode[] | undefined;
  /** For `:below`: the code and all below it, alternate codes with them; undefined for an unknown system or code. */
  below(system: string, code: string): readonly string[] | undefined;
  /** For `:above`: the code and all above it; undefined for an unknown system or code. */
  above(system: string, code: string): readonly string[] | undefined;
  /** An element of type `code`, whose system is implied by the value set. */
  checkCode(binding: CodeBinding, code: string): CodeOutcome;
  checkCoding(binding: CodeBinding, coding: Coding): CodeOutcome;
  checkCodeableConcept(binding: CodeBinding, concept: CodeableConcept): ConceptOutcome;
}
