/** What is stored comes back as it was (BSON 1.1). */
import { Binary, Decimal128, Double, GridFSBucket, Int32, Long, ObjectId, Timestamp, UUID } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { type AnyDocument, documents, testDatabase } from './database.ts';

const { collection, db } = testDatabase('documents');

const EVERY_TYPE: AnyDocument = {
  _id: 'every',
  int: new Int32(1),
  long: Long.fromString('9007199254740993'),
  smallLong: Long.fromNumber(5),
  double: new Double(1.5),
  negativeZero: new Double(-0),
  decimal: Decimal128.fromString('1.10'),
  date: new Date(5),
  binary: new Binary(Buffer.from('xx')),
  uuid: new UUID('f0d0a5a5-0000-4000-8000-000000000001'),
  nothing: null,
  id: new ObjectId(),
  array: [new Int32(1), 'a', { x: new Int32(1) }, []],
  timestamp: new Timestamp({ t: 1, i: 2 }),
  truth: true,
  nested: { a: { b: { c: [] } } },
  text: 'Žluťoučký 日本 💉',
};

describe('a stored document', () => {
  it('keeps the BSON type of every value', async () => {
    const collection1 = collection();
    await collection1.insertOne(EVERY_TYPE);
    const found = await collection1.findOne({ _id: 'every' }, { promoteValues: false });
    expect(found).toStrictEqual(EVERY_TYPE);
  });

  it('keeps the order of its fields, also through an update', async () => {
    const ordered = collection();
    await ordered.insertOne({ _id: 1, z: 1, a: 2, m: { q: 1, b: 2 } });
    await ordered.updateOne({ _id: 1 }, { $set: { b: 3, z: 9 } });
    expect(Object.keys((await ordered.findOne({})) ?? {})).toEqual(['_id', 'z', 'a', 'm', 'b']);
  });

  it('keeps a regular expression and its options', async () => {
    const patterns = collection();
    await patterns.insertOne({ _id: 1, pattern: /ab+/i });
    expect(await patterns.findOne({})).toEqual({ _id: 1, pattern: /ab+/i });
  });

  it('may be nested 95 levels deep', async () => {
    const deep = collection();
    let nested: AnyDocument = { v: 1 };
    for (let level = 0; level < 95; level++) nested = { n: nested };
    await deep.insertOne({ _id: 1, nested });
    expect(await deep.findOne({})).toEqual({ _id: 1, nested });
  });

  it.each([1, 15])('may be %i MB large', async (megabytes) => {
    const large = collection();
    const bytes = Buffer.alloc(megabytes * 1_048_576, 'varied content ');
    await large.insertOne({ _id: 1, bytes });
    const found = await large.findOne({}, { promoteBuffers: true });
    expect(Buffer.compare(found?.['bytes'], bytes)).toBe(0);
  });

  it('is refused when it is larger than 16 MB', async () => {
    const tooLarge = collection();
    await expect(tooLarge.insertOne({ bytes: Buffer.alloc(17 * 1_048_576) })).rejects.toThrow();
    expect(await tooLarge.countDocuments()).toBe(0);
  });

  it('arrives whole in a batch of 20 MB', async () => {
    const many = collection();
    await many.insertMany(documents(2000, (number) => ({ _id: number, text: 'x'.repeat(10_000) })));
    const found = await many.find().toArray();
    expect(found).toHaveLength(2000);
    expect(found.every(({ text }) => text.length === 10_000)).toBe(true);
  });

  it('may be a file of GridFS', async () => {
    const bucket = new GridFSBucket(db(), { bucketName: 'files' });
    const upload = bucket.openUploadStream('file');
    await new Promise((resolve, reject) =>
      upload.on('finish', resolve).on('error', reject).end(Buffer.alloc(700_000, 1)),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of bucket.openDownloadStream(upload.id)) chunks.push(chunk);
    expect(Buffer.compare(Buffer.concat(chunks), Buffer.alloc(700_000, 1))).toBe(0);
  });
});
