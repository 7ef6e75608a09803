import { describe, expect, it } from 'vitest';
import { engineSettings, formatSettings, unknownSettingsQuery } from '../../../../src/engine/documentdb/settings.ts';

describe('the settings of the engine', () => {
  it('never open a TCP port', () => {
    expect(engineSettings({ durable: true })['listen_addresses']).toBe('');
  });

  it('wait for the disk, except in tests', () => {
    expect(engineSettings({ durable: true })).not.toHaveProperty('fsync');
    expect(engineSettings({ durable: false })).toMatchObject({ fsync: 'off', synchronous_commit: 'off' });
  });

  it('are written one to a line, with quotes doubled', () => {
    const lines = formatSettings({ a: "it's", 'b.c': '' }).split('\n');
    expect(lines.slice(1)).toEqual(["a = 'it''s'", "b.c = ''", '']);
  });

  it('are all asked for when looking for unknown ones', () => {
    expect(unknownSettingsQuery({ a: '1', b: '2' })).toContain("array['a','b']");
  });
});
