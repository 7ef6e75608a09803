/** The `Bundle` port of FHIR Works on MongoDB. A batch is not storage's affair: each of its entries passes the gate. */
import type { BatchReadWriteRequest, BatchReadWriteResponse, TransactionRequest } from 'fhir-works-on-aws-interface';
import { notSupported } from '../fhir/error.ts';
import type { Expectation } from '../fhir/expectation.ts';
import { lastUpdatedText } from '../fhir/stored-resource.ts';
import { type StepResult, type TransactionStep, transact } from './transaction.ts';
import type { Store } from './versions.ts';

type PlacedStep = BatchReadWriteRequest & Pick<TransactionStep, 'place' | 'mustBeNew' | 'isFound'>;
/** The published request, told what refusals of its steps point at and what its conditions found. */
type PlacedRequest = TransactionRequest & {
  readonly requests: readonly PlacedStep[];
  readonly expectations?: readonly Expectation[];
};

export function mongoBundle(store: Store) {
  return {
    batch: (): Promise<never> => Promise.reject(notSupported('A batch is performed entry by entry.')),
    transaction: async (request: PlacedRequest) => {
      const results = await transact(store, request.requests.map(toStep), request.expectations);
      const responses = request.requests.map((step, index) => toResponse(step, results[index]));
      return { success: true, message: '', batchReadWriteResponses: responses };
    },
  };
}

function toStep({
  operation,
  resourceType,
  id,
  vid,
  resource,
  place,
  mustBeNew,
  isFound,
}: PlacedStep): TransactionStep {
  switch (operation) {
    case 'create':
    case 'update':
    case 'delete':
    case 'read':
      return { operation, resourceType, id, ifMatch: vid, mustBeNew, isFound, content: resource, place };
    case 'patch':
      return { operation, resourceType, id, ifMatch: vid, edit: resource, place };
    default:
      throw notSupported(`A ${operation} can't be a step of a transaction.`);
  }
}

function toResponse(
  { operation, resourceType, id }: BatchReadWriteRequest,
  result: StepResult,
): BatchReadWriteResponse {
  const version = result && { vid: result.stored.versionId, lastModified: lastUpdatedText(result.stored) };
  const resource = result?.outcome === 'read' ? result.stored : result;
  return { operation, resourceType, id, vid: '', lastModified: '', ...version, resource };
}
