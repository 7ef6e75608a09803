/** The operations that are served, from their OperationDefinitions (FHIR R4, operationdefinition.html). */
import { readdirSync } from 'node:fs';
import { brokenDeclaration, isRecord, isTextList, readDeclaration } from './declaration-file.ts';

export interface OperationParameter {
  readonly name: string;
  readonly min: number;
  /** Digits, or `*`. */
  readonly max: string;
  /** A data type, or `Resource`. */
  readonly type: string;
  readonly documentation: string;
}

export interface OperationDeclaration {
  /** Without its `$`. */
  readonly code: string;
  readonly url: string;
  readonly name: string;
  /** Resource types it is for; `Resource` stands for all. */
  readonly resource: readonly string[];
  readonly system: boolean;
  readonly type: boolean;
  readonly instance: boolean;
  /** Whether it changes what is stored, so that it can't be asked for with GET. */
  readonly affectsState: boolean;
  /** What goes in. */
  readonly parameters: readonly OperationParameter[];
}

/** In the order of their files. @param root of the project, a `file:` URL that ends in `/` */
export function loadOperations(root: URL): readonly OperationDeclaration[] {
  const folder = new URL('data/operations/', root);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => readOperation(new URL(name, folder)));
}

function readOperation(file: URL): OperationDeclaration {
  const json = readDeclaration(file);
  if (!isRecord(json) || json['resourceType'] !== 'OperationDefinition') {
    throw brokenDeclaration(file, 'is not an OperationDefinition');
  }
  const { code, url, name, resource, parameter } = json;
  if (typeof code !== 'string' || typeof url !== 'string' || typeof name !== 'string' || !isTextList(resource)) {
    throw brokenDeclaration(file, 'lacks code, url, name or resource');
  }
  const parameters = (Array.isArray(parameter) ? parameter : []).filter(isRecord).filter(({ use }) => use === 'in');
  return {
    code,
    url,
    name,
    resource,
    system: json['system'] === true,
    type: json['type'] === true,
    instance: json['instance'] === true,
    affectsState: json['affectsState'] === true,
    parameters: parameters.map((entry) => readParameter(entry, file)),
  };
}

function readParameter(entry: Readonly<Record<string, unknown>>, file: URL): OperationParameter {
  const { name, min, max, type, documentation } = entry;
  if (typeof name !== 'string' || typeof min !== 'number' || typeof max !== 'string' || typeof type !== 'string') {
    throw brokenDeclaration(file, `has a parameter without name, min, max or type: ${JSON.stringify(entry)}`);
  }
  return { name, min, max, type, documentation: typeof documentation === 'string' ? documentation : '' };
}

/** The operation of that code: types may have operations of the same code that are not the same. */
export const findOperation = (
  operations: readonly OperationDeclaration[],
  code: string,
  resourceType: string | undefined,
): OperationDeclaration | undefined =>
  operations.find(
    (operation) =>
      operation.code === code && (resourceType === undefined ? operation.system : isForType(operation, resourceType)),
  );

/** The last part of its URL: `CodeSystem-lookup`. */
export const operationId = ({ url }: OperationDeclaration): string => url.replace(/^.*[/:]/, '');

/** Whether the operation is served for that resource type. */
export const isForType = ({ resource }: OperationDeclaration, resourceType: string): boolean =>
  resource.includes('Resource') || resource.includes(resourceType);
