/** Raw BSON agrees with the driver's own codec, without an engine (BSON 1.1). */
import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { decodeDocument, encodeDocument } from '../../../src/engine/gateway/command.ts';
import {
  documentsOfArray,
  findElement,
  readBoolean,
  readDocument,
  readInteger,
  readString,
  splitDocuments,
  visitElements,
  withoutElements,
} from '../../../src/engine/gateway/raw-bson.ts';

const key = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b', 'é', '💉') });
const value = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.date({ noInvalidDate: true }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((number) => BSON.Long.fromBigInt(number)),
  fc.uint8Array().map((bytes) => new BSON.Binary(bytes)),
  fc.constantFrom(/a.b/i, new BSON.ObjectId(), new BSON.Code('x', { y: 1 }), BSON.Decimal128.fromString('1.50')),
  fc.constantFrom(
    new BSON.MinKey(),
    new BSON.MaxKey(),
    new BSON.Timestamp(5n),
    new BSON.DBRef('c', new BSON.ObjectId()),
  ),
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.dictionary(key, fc.string(), { maxKeys: 3 }),
);
const document = fc.dictionary(key, value, { maxKeys: 8 });

describe('raw BSON', () => {
  it('visits every element of any document in order', () => {
    fc.assert(
      fc.property(document, (fields) => {
        const keys: string[] = [];
        visitElements(encodeDocument(fields), (name) => {
          keys.push(name);
          return true;
        });
        expect(keys).toEqual(Object.keys(fields));
      }),
    );
  });

  it('leaves out elements and keeps the rest as it was', () => {
    fc.assert(
      fc.property(document, fc.array(key), (fields, dropped) => {
        const kept = Object.fromEntries(Object.entries(fields).filter(([name]) => !dropped.includes(name)));
        const copy = withoutElements(encodeDocument(fields), new Set(dropped));
        expect(Buffer.compare(copy, encodeDocument(kept))).toBe(0);
      }),
    );
  });

  it('splits documents that follow each other, and those of an array', () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 4 }), (many) => {
        const encoded = many.map((fields) => encodeDocument(fields));
        expect(splitDocuments(Buffer.concat(encoded))).toEqual(encoded);
        const whole = encodeDocument({ many });
        expect(documentsOfArray(readDocument(whole, findElement(whole, 'many')) ?? whole)).toEqual(encoded);
      }),
    );
  });

  it('reads single values', () => {
    const fields = {
      text: 'Žluť',
      int: 5,
      long: BSON.Long.fromString('-9007199254740993'),
      double: 2.9,
      yes: true,
      no: 0,
    };
    const encoded = encodeDocument(fields);
    const at = (name: string) => findElement(encoded, name);
    expect(readString(encoded, at('text'))).toBe('Žluť');
    expect(['int', 'long', 'double'].map((name) => readInteger(encoded, at(name)))).toEqual([
      5n,
      -9007199254740993n,
      2n,
    ]);
    expect(['yes', 'no', 'text'].map((name) => readBoolean(encoded, at(name)))).toEqual([true, false, undefined]);
    expect(findElement(encoded, 'absent')).toBeUndefined();
  });

  it('of damaged documents is refused, never read beyond its end', () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.integer({ min: 0, max: 255 }), (fields, position, byte) => {
        const damaged = encodeDocument(fields);
        damaged[position % damaged.length] = byte;
        try {
          visitElements(damaged, (_, { end }) => {
            expect(end).toBeLessThan(damaged.length);
            return true;
          });
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

it('documents decode exactly when asked to', () => {
  const exact = decodeDocument(encodeDocument({ a: new BSON.Double(1), b: BSON.Long.fromNumber(2) }), { exact: true });
  expect(encodeDocument(exact)).toEqual(encodeDocument({ a: new BSON.Double(1), b: BSON.Long.fromNumber(2) }));
});
