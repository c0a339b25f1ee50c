import { expect, test } from 'vitest';
import { z } from 'zod';
import { valueFor } from './schema-value.ts';
import { strictProblem } from './strict-schema.ts';

const price = { type: 'number', exclusiveMinimum: 0 };
const strict = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

test.each([
  { name: 'a choice: hold, where it is one', schema: { enum: ['BUY', 'HOLD'] }, value: 'HOLD' },
  { name: 'a choice: else the first', schema: { enum: ['long', 'short'] }, value: 'long' },
  { name: 'a constant', schema: { const: 7 }, value: 7 },
  { name: 'a range', schema: { type: 'number', minimum: 0, maximum: 1 }, value: 0.5 },
  { name: 'a price', schema: price, value: 0.5 },
  { name: 'a whole number', schema: { type: 'integer', minimum: 1, maximum: 10 }, value: 6 },
  { name: 'a text of a length', schema: { type: 'string', minLength: 12, maxLength: 12 }, value: 'simulated...' },
  { name: 'one of several types', schema: { type: ['number', 'null'], minimum: 2, maximum: 4 }, value: 3 },
  { name: 'one of several schemas', schema: { anyOf: [{ type: 'null' }, price] }, value: null },
  { name: 'a list', schema: { type: 'array', items: { type: 'boolean' }, minItems: 2 }, value: [false, false] },
  { name: 'a list that may be empty', schema: { type: 'array', items: price }, value: [] },
  {
    name: 'a schema that is referred to',
    schema: strict({ entry: { $ref: '#/$defs/price' }, stop: { $ref: '#/$defs/price' } }, { $defs: { price } }),
    value: { entry: 0.5, stop: 0.5 },
  },
  {
    name: 'a schema that refers to itself ends',
    schema: strict({ next: { anyOf: [{ type: 'null' }, { $ref: '#' }] } }),
    value: { next: null },
  },
])('a value for $name', ({ schema, value }) => {
  expect(valueFor(schema)).toEqual(value);
  expect(z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value).success).toBe(true);
});

test.each([
  { name: 'all it must be', schema: strict({ a: price, b: strict({ c: price }) }), problem: undefined },
  {
    name: 'a property that may be left out',
    schema: { ...strict({ a: price }), required: [] },
    problem:
      "In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'a'.",
  },
  {
    name: 'an inner object that allows anything',
    schema: strict({ a: { type: 'object', properties: {}, required: [] } }),
    problem: "In context=('properties', 'a'), 'additionalProperties' is required to be supplied and to be false.",
  },
  {
    name: 'one in a list',
    schema: strict({ a: { type: 'array', items: { type: 'object' } } }),
    problem:
      "In context=('properties', 'a', 'items'), 'additionalProperties' is required to be supplied and to be false.",
  },
  {
    name: 'a property that is called properties',
    schema: strict({ properties: price, type: price }),
    problem: undefined,
  },
])('a strict schema: $name', ({ schema, problem }) => {
  expect(strictProblem('d', schema)).toBe(problem && `Invalid schema for response_format 'd': ${problem}`);
});
