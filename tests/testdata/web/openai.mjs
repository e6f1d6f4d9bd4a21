// Has the official client of OpenAI's interface draw: openai.mjs BASE KEY MASK. It prints what
// came of each step as JSON.
import { readFileSync } from 'node:fs';
import OpenAI, { toFile } from 'openai';

const [base, key, maskFile] = process.argv.slice(2);
const client = new OpenAI({ baseURL: base, apiKey: key, maxRetries: 0 });
const out = {};

/** What an error is to the client. */
async function failure(promise) {
  try {
    await promise;
    return 'none';
  } catch (error) {
    const kind = Object.entries(OpenAI).find(([, type]) => typeof type === 'function' && error.constructor === type)?.[0];
    return { kind: kind ?? error.constructor.name, status: error.status, param: error.param, code: error.code, type: error.type, message: error.message };
  }
}

out.models = (await client.models.list()).data.map((m) => m.id);
out.model = (await client.models.retrieve('pocket')).id;

const prompt = "a woman's face with blond hair";
const two = await client.images.generate({ model: 'pocket', prompt, n: 2, size: '256x256', response_format: 'b64_json' });
out.two = two.data.map((d) => d.b64_json);

const first = await client.images.generate({ model: 'dall-e-3', prompt });
out.first = first.data[0].b64_json;
out.created = first.created;
out.conversation = first.conversation;
const red = await client.images.generate({ prompt: 'make her hair red', conversation: first.conversation, response_format: 'b64_json' });
out.red = red.data[0].b64_json;
out.same = red.conversation === first.conversation;

const link = await client.images.generate({ prompt, response_format: 'url', size: 'auto' });
const fetched = await fetch(link.data[0].url);
out.link = { status: fetched.status, type: fetched.headers.get('content-type'), bytes: (await fetched.arrayBuffer()).byteLength };

const file = await toFile(Buffer.from(out.first, 'base64'), 'picture.png', { type: 'image/png' });
const edited = await client.images.edit({ image: file, prompt: 'make her hair red' });
out.edited = edited.data[0].b64_json;
const mask = await toFile(readFileSync(maskFile), 'mask.png', { type: 'image/png' });
const masked = await client.images.edit({ image: file, mask, prompt: 'make her hair red' });
out.masked = masked.data[0].b64_json;

const stranger = await toFile(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'), 'x.png', { type: 'image/png' });
out.errors = {
  key: await failure(new OpenAI({ baseURL: base, apiKey: 'nobody knows this key', maxRetries: 0 }).images.generate({ prompt })),
  size: await failure(client.images.generate({ prompt, size: '511x3' })),
  n: await failure(client.images.generate({ prompt, n: 11 })),
  model: await failure(client.images.generate({ prompt, model: 'nobody' })),
  prompt: await failure(client.images.generate({ prompt: ' ' })),
  question: await failure(client.images.generate({ prompt: 'make it gronkulous', conversation: first.conversation })),
  blocked: await failure(client.images.generate({ prompt: 'a dog on a beach' })),
  conversation: await failure(client.images.generate({ prompt, conversation: 'somebody-elses' })),
  stranger: await failure(client.images.edit({ image: stranger, prompt: 'make it red' })),
  stream: await failure(client.images.generate({ prompt, stream: true })),
  mask: await failure(client.images.edit({ image: file, mask: file, prompt: 'make it red' })),
  nowhere: await failure(client.chat.completions.create({ model: 'pocket', messages: [] })),
};
const many = await Promise.all(Array.from({ length: 12 }, () => failure(client.images.generate({ prompt }))));
out.many = many.map((m) => (m === 'none' ? 'drawn' : m.kind));
console.log(JSON.stringify(out));
