import { expect, it } from 'vitest';
import { exposure, Origins, unnamedProxy } from '../../../server/src/access/origins.ts';

const loopback = new Origins({
  host: '127.0.0.1',
  publicUrls: ['https://room.example.org', 'http://wall.example.org:8080'],
});
const open = new Origins({ host: '0.0.0.0', publicUrls: [] });

it.each([
  ['127.0.0.1:3000', true],
  ['localhost:3000', true],
  ['LOCALHOST', true],
  ['[::1]:3000', true],
  ['127.8.9.1', true],
  ['room.example.org', true],
  ['room.example.org:443', true],
  ['wall.example.org:8080', true],
  ['wall.example.org', false],
  ['evil.example', false],
  ['127.0.0.1.evil.example:3000', false],
  ['localhost.evil.example', false],
  ['evil.example/localhost', false],
  ['localhost@evil.example', false],
  ['127.evil.example', false],
  ['', false],
  [undefined, false],
])('on loopback the Host %s is ours: %s', (host, isOurs) => {
  expect(loopback.hostRefused(host) === undefined).toBe(isOurs);
});

it('on an open address any Host may be ours', () => {
  expect(open.hostRefused('anything.example')).toBeUndefined();
});

it.each([
  [undefined, 'localhost:3000', true],
  ['http://localhost:3000', 'localhost:3000', true],
  ['http://127.0.0.1:3000', '127.0.0.1:3000', true],
  ['http://[::1]:3000', '[::1]:3000', true],
  ['https://room.example.org', '127.0.0.1:3000', true],
  ['https://room.example.org', 'room.example.org', true],
  ['http://room.example.org', '127.0.0.1:3000', false],
  ['http://localhost:8080', 'localhost:3000', false],
  ['http://evil.example', 'localhost:3000', false],
  ['http://evil.example', 'evil.example', false],
  ['null', 'localhost:3000', false],
  ['file://', 'localhost:3000', false],
  ['', 'localhost:3000', false],
])('on loopback a socket of the origin %s at %s: %s', (origin, host, isOurs) => {
  expect(loopback.socketRefused(origin, host) === undefined).toBe(isOurs);
});

it.each([
  ['https://wall.example', 'wall.example', true],
  ['https://wall.example', 'wall.example:443', true],
  ['http://wall.example', 'wall.example:443', false],
  ['https://evil.example', 'wall.example', false],
])('on an open address a socket of the origin %s at %s: %s', (origin, host, isOurs) => {
  expect(open.socketRefused(origin, host) === undefined).toBe(isOurs);
});

it.each([
  ['127.0.0.1', [], false],
  ['::1', [], false],
  ['localhost', [], false],
  ['0.0.0.0', [], true],
  ['10.0.0.7', ['http://wall.example'], true],
  ['::', ['https://wall.example'], false],
])('a room on %s, opened at %j: a start warns: %s', (host, publicUrls, isWarned) => {
  const warns = (isOpen: boolean, isSecure: boolean): boolean =>
    exposure({ host, publicUrls, isOpen, isSecure }) !== undefined;
  expect(warns(true, false)).toBe(isWarned);
  expect(warns(false, false)).toBe(isWarned);
  expect(warns(false, true)).toBe(false);
});

it.each([
  ['127.0.0.1', ['https://room.example.org'], false, 0, true],
  ['127.0.0.1', ['http://room.example.org'], false, 0, true],
  ['127.0.0.1', ['https://room.example.org'], true, 0, true],
  ['0.0.0.0', ['https://room.example.org'], false, 0, true],
  ['0.0.0.0', ['https://room.example.org'], false, 1, false],
  ['0.0.0.0', ['https://room.example.org'], true, 0, false],
  ['0.0.0.0', ['http://room.example.org'], false, 0, false],
  ['127.0.0.1', ['http://localhost:8080'], false, 0, false],
  ['127.0.0.1', [], false, 0, false],
])('on %s, opened at %j, TLS %s, behind %i proxies: a start warns that one is not counted: %s', (...given) => {
  const [host, publicUrls, isSecure, proxies, isWarned] = given;
  expect(unnamedProxy({ host, publicUrls, isSecure, proxies })?.includes('TRUST_PROXY') === true).toBe(isWarned);
});
