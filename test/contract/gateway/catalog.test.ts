/** Collections, databases, views and the server's answers about itself (MongoDB administration commands). */
import { describe, expect, inject, it } from 'vitest';
import { failureOf, ids, testDatabase } from './database.ts';

const { collection, client, db } = testDatabase('catalog');

describe('collections', () => {
  it('are listed, renamed and dropped', async () => {
    const target = collection();
    await target.insertOne({ _id: 1 });
    const names = async () => (await db().listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    expect(await names()).toContain(target.collectionName);
    await target.rename('renamed');
    expect(await names()).not.toContain(target.collectionName);
    expect(await db().collection('renamed').countDocuments()).toBe(1);
    expect(await db().collection('renamed').drop()).toBe(true);
    expect(await names()).not.toContain('renamed');
  });

  it('may have names beyond ASCII', async () => {
    const target = db().collection('žluť 💉');
    await target.insertOne({ a: 1 });
    expect(await target.countDocuments()).toBe(1);
    expect(await db().listCollections({ name: 'žluť 💉' }).toArray()).toHaveLength(1);
  });

  it('are created once with other options only', async () => {
    await db().createCollection('created');
    const failure = await failureOf(db().createCollection('created', { validator: { a: 1 } }));
    expect(failure.code).toBe(48);
  });

  it('check documents against their validator', async () => {
    const validated = await db().createCollection('validated', { validator: { $jsonSchema: { required: ['a'] } } });
    expect((await failureOf(validated.insertOne({}))).code).toBe(121);
    await validated.insertOne({ a: 1 });
    expect(await validated.countDocuments()).toBe(1);
  });

  it('have statistics', async () => {
    const target = collection();
    await target.insertMany([{ a: 1 }, { a: 2 }]);
    expect(await db().command({ collStats: target.collectionName })).toMatchObject({ count: 2, ok: 1 });
    expect((await db().command({ dbStats: 1 }))['collections']).toBeGreaterThan(0);
  });
});

it('a view shows its pipeline over the collection', async () => {
  const target = collection();
  await target.insertMany([{ _id: 1, a: 1 }, { _id: 2, a: 2 }]); // biome-ignore format: one case a line
  await db().createCollection('view', { viewOn: target.collectionName, pipeline: [{ $match: { a: 2 } }] });
  expect(ids(await db().collection<{ _id: number }>('view').find().toArray())).toEqual([2]);
});

it('databases are listed while they exist and empty once dropped', async () => {
  const other = client().db(`${db().databaseName}-second`);
  await other.collection('x').insertOne({ a: 1 });
  const names = async () => (await client().db('admin').admin().listDatabases()).databases.map(({ name }) => name);
  expect(await names()).toContain(other.databaseName);
  await other.dropDatabase();
  expect(await other.listCollections().toArray()).toEqual([]);
  expect(await names()).not.toContain(other.databaseName);
});

describe('the server', () => {
  it('presents itself as primary of a replica set with sessions', async () => {
    const hello = await db().command({ hello: 1 });
    expect(hello).toMatchObject({ isWritablePrimary: true, setName: expect.any(String), ok: 1 });
    expect(hello['logicalSessionTimeoutMinutes']).toBeGreaterThan(0);
    expect(hello['maxWireVersion']).toBeGreaterThanOrEqual(21);
  });

  it('answers ping, its version and its status', async () => {
    expect(await db().command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect((await db().admin().buildInfo())['versionArray'][0]).toBeGreaterThanOrEqual(7);
    expect(await db().admin().command({ serverStatus: 1 })).toMatchObject({ ok: 1 });
  });

  it('refuses an unknown command by name', async () => {
    const failure = await failureOf(db().command({ fooBar: 1 }));
    expect([failure.code, failure.codeName]).toEqual([59, 'CommandNotFound']);
    expect(failure.message).toContain('fooBar');
  });
});

describe.runIf(inject('engineKind') === 'documentdb')('what DocumentDB has not', () => {
  it.each([
    ['a capped collection', { capped: true, size: 1e6 }],
    ['a time series', { timeseries: { timeField: 't' } }],
    ['a clustered collection', { clusteredIndex: { key: { _id: 1 }, unique: true } }],
  ])('is refused: %s', async (_, options) => {
    expect((await failureOf(db().createCollection('unsupported', options))).code).toBe(115);
  });

  it('is refused: a change stream', async () => {
    const stream = collection().watch();
    expect((await failureOf(stream.next())).code).toBe(115);
    await stream.close();
  });
});
