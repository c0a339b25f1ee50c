/** Bytes, decompressed: many times the longest answer with its thoughts. */
const LONGEST_BODY = 8_000_000;

/** Fetches, and breaks off a body that is longer than any answer to us: an endless one would fill the memory. */
export const fetchOfLimitedLength: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  let length = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      length += chunk.byteLength;
      if (length <= LONGEST_BODY) controller.enqueue(chunk);
      else controller.error(new Error(`it is longer than ${LONGEST_BODY} bytes`));
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
};
