/** Every interaction with its handler. */
import { batch } from './batch.ts';
import { capabilities } from './capabilities.ts';
import { conditionalDelete } from './conditional-delete.ts';
import { conditionalUpdate } from './conditional-update.ts';
import { create } from './create.ts';
import { deleteInstance } from './delete.ts';
import { historyInstance } from './history-instance.ts';
import { historySystem } from './history-system.ts';
import { historyType } from './history-type.ts';
import { operation } from './operations/operation.ts';
import { conditionalPatch, patch } from './patch.ts';
import type { Handlers } from './perform.ts';
import { read } from './read.ts';
import { searchSystem } from './search-system.ts';
import { searchType } from './search-type.ts';
import { transaction } from './transaction.ts';
import { update } from './update.ts';
import { vread } from './vread.ts';

export const handlers: Handlers = {
  read,
  vread,
  create,
  update,
  'conditional-update': conditionalUpdate,
  patch,
  'conditional-patch': conditionalPatch,
  'conditional-delete': conditionalDelete,
  delete: deleteInstance,
  'search-type': searchType,
  'search-system': searchSystem,
  'history-instance': historyInstance,
  'history-type': historyType,
  'history-system': historySystem,
  operation,
  batch,
  transaction,
  capabilities,
};
