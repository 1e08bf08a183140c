import { defineChecks } from '../../runner/check.ts';
import { attestationChecks } from './attestation.ts';
import { configurationChecks } from './configuration.ts';
import { k3sChecks } from './k3s.ts';
import { endOfLife } from './life-end.ts';
import { runOfLife } from './life-running.ts';
import { startsOfLife } from './life-start.ts';
import { refusalChecks } from './refusals.ts';
import { beatsOfTrouble } from './trouble-beats.ts';
import { startsOfTrouble } from './trouble-start.ts';

const [life, ...restOfLife] = [...startsOfLife, ...runOfLife, ...endOfLife];
const [trouble, ...restOfTrouble] = [...startsOfTrouble, ...beatsOfTrouble];

// All in one file, and the two long scenes first: while they are played, the workers of the others start and end.
export default defineChecks([
  ...[trouble, life].flatMap((one) => one ?? []),
  ...attestationChecks,
  ...refusalChecks,
  ...configurationChecks,
  ...k3sChecks,
  ...restOfLife,
  ...restOfTrouble,
]);
