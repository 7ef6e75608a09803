/** Tables behind the demonstration: vaccines, manufacturers, observations, names, clinics (CDC CVX, MVX, CDSi). */

import { readdir, readFile } from 'node:fs/promises';
import type { Bundle, Organization, PractitionerRole, Reference } from '@medplum/fhirtypes';

export interface Vaccine {
  readonly cvx: string;
  readonly display: string;
  /** A code that names no product, as records from elsewhere carry */
  readonly unspecified?: boolean;
  /** HL7 table 0162, where there is one usual route */
  readonly route?: string;
}

export interface SnomedConcept {
  readonly code: string;
  readonly display: string;
  /** The semantic tag, such as `disorder` */
  readonly kind: string;
}

/** An observation of CDSi's list with the SNOMED CT concepts CDC gives for it. */
export interface ObservationConcept {
  readonly code: string;
  readonly title: string;
  readonly snomed?: readonly SnomedConcept[];
}

interface Town {
  readonly city: string;
  readonly district: string;
  readonly postalCode: string;
}

/** What synthetic people are called and where they live. */
export interface NameLists {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly family: readonly string[];
  readonly street: readonly string[];
  readonly city: readonly Town[];
}

/** A practitioner at a place where vaccines are given. */
export interface Clinic {
  readonly organization: Reference<Organization>;
  /** The name space of the medical record numbers of this organization */
  readonly recordNumberSystem: string;
  readonly role: PractitionerRole;
}

export interface ReferenceTables {
  readonly vaccines: ReadonlyMap<string, Vaccine>;
  readonly manufacturers: ReadonlyMap<string, string>;
  readonly observations: ReadonlyMap<string, ObservationConcept>;
  readonly names: NameLists;
  readonly clinics: readonly Clinic[];
}

/** Reads the tables of the folder `data/demo/`. */
export async function readReferenceTables(demo: URL): Promise<ReferenceTables> {
  const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(new URL(path, demo), 'utf8'));
  const { vaccines } = (await read('codes/vaccines.json')) as { vaccines: readonly Vaccine[] };
  const { manufacturers } = (await read('codes/manufacturers.json')) as {
    manufacturers: readonly { mvx: string; name: string }[];
  };
  const { observations } = (await read('codes/observations.json')) as { observations: readonly ObservationConcept[] };
  return {
    vaccines: new Map(vaccines.map((vaccine) => [vaccine.cvx, vaccine])),
    manufacturers: new Map(manufacturers.map(({ mvx, name }) => [mvx, name])),
    observations: new Map(observations.map((observation) => [observation.code, observation])),
    names: (await read('names.json')) as NameLists,
    clinics: await readClinics(new URL('jurisdiction/', demo)),
  };
}

async function readClinics(folder: URL): Promise<readonly Clinic[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const bundles = await Promise.all(files.map(async (name) => readFile(new URL(name, folder), 'utf8')));
  const resources = bundles.flatMap((text) => (JSON.parse(text) as Bundle).entry ?? []).map(({ resource }) => resource);
  return resources.flatMap((resource) => (resource?.resourceType === 'PractitionerRole' ? toClinic(resource) : []));
}

function toClinic(role: PractitionerRole): readonly Clinic[] {
  const { organization } = role;
  const id = organization?.reference?.split('/')[1];
  return organization && id ? [{ organization, role, recordNumberSystem: `urn:jenner:demonstration:mrn:${id}` }] : [];
}
