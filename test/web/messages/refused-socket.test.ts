import { expect, it } from 'vitest';
import { refusedSocketIn } from '../../../web/src/messages/refused-socket.ts';

const answered = (message: string): string => JSON.stringify({ code: 4, message });

it.each([
  ['sockets_of_person: you look at this room in 32 places already', 'refusedOfPerson'],
  ['sockets_of_screen: this wall display is shown in 16 places already', 'refusedOfScreen'],
  ['sockets_full: this server has all the viewers it takes', 'refusedFull'],
  ['not_signed_in: sign in', 'refusedSession'],
  ['no_right: this asks for the right to view', 'refusedRight'],
  ['other_origin: pages of another origin', 'refusedAddress'],
  ['other_host: the room listens on loopback only', 'refusedAddress'],
  ['busy: many others ask', 'refusedBusy'],
  ['database_away: the database does not answer', 'refusedDatabase'],
  ['of_a_later_version: something', 'refusedOtherwise'],
])('a refusal with %s has words of its own', (message, key) => {
  expect(refusedSocketIn(answered(message))).toEqual({ key, code: message.split(':')[0] });
});

it.each([
  '',
  '<html>',
  '{"code":1,"message":"Session ID unknown"}',
  answered('Not A Code: at all'),
  answered(`${'a'.repeat(41)}: b`),
])('what says nothing of a refusal is none: %s', (answer) => {
  expect(refusedSocketIn(answer)).toBeUndefined();
});
