/** Of a handler that has sent its answer itself, as a library does that speaks a protocol of its own. */
export class Sent {
  declare protected readonly isSent: true;
}
