/** A call that was not made: the message is the reason, as a part of a sentence. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
}

/** A call that did not end in time: what became of it is not known. The message is a part of a sentence. */
export class CallTimedOut extends Error {
  override readonly name = 'CallTimedOut';
}
