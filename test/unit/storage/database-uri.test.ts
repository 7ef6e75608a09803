import { describe, expect, it } from 'vitest';
import { clientOptions, databaseNameOf } from '../../../src/storage/database.ts';

describe('a connection string', () => {
  it.each([
    ['mongodb://a,b,c/?replicaSet=rs0', 'jenner'],
    ['mongodb://a', 'jenner'],
    ['mongodb://user:p%40ss@a:27017/iis?tls=true', 'iis'],
    ['mongodb+srv://cluster.example.org/state%20iis', 'state iis'],
    ['mongodb://%2Ftmp%2Fx.sock/?directConnection=true', 'jenner'],
  ])('%s names the database %s', (uri, name) => {
    expect(databaseNameOf(uri)).toBe(name);
  });

  it('wins over our defaults in whatever case it is written', () => {
    const options = clientOptions('mongodb://a/?maxPoolSize=7&W=1&serverselectiontimeoutms=99');
    expect(options).not.toHaveProperty('maxPoolSize');
    expect(options).not.toHaveProperty('w');
    expect(options).not.toHaveProperty('serverSelectionTimeoutMS');
    expect(options).toMatchObject({ retryWrites: true });
  });
});
