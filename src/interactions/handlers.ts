/** Every interaction with its handler. */
import { batch } from './batch.ts';
import { capabilities } from './capabilities.ts';
import { create } from './create.ts';
import { deleteInstance } from './delete.ts';
import { historyInstance } from './history-instance.ts';
import type { Handlers } from './perform.ts';
import { read } from './read.ts';
import { searchType } from './search-type.ts';
import { transaction } from './transaction.ts';
import { update } from './update.ts';
import { vread } from './vread.ts';

export const handlers: Handlers = {
  read,
  vread,
  create,
  update,
  delete: deleteInstance,
  'search-type': searchType,
  'history-instance': historyInstance,
  batch,
  transaction,
  capabilities,
};
