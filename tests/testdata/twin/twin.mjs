// Runs discord-digital-twin and lets a test be its users: one JSON command a
// line on standard input, one JSON answer a line on standard output. The first
// line out says where the bot finds it.
//
// The twin takes no multipart bodies and keeps no files, so the bot talks to it
// through a proxy that takes the files out, keeps them as Discord's CDN does,
// and writes them into the twin's messages. Two more things are put right: a
// reply has the type of a reply, and the application has an owner.

import http from 'node:http'
import readline from 'node:readline'
import { DigitalDiscord } from 'discord-digital-twin'

const twin = new DigitalDiscord({
  botToken: 'test-token',
  channels: [{ name: 'art', type: 0 }, { name: 'elsewhere', type: 0 }],
  users: [{ username: 'ann' }, { username: 'bob' }],
})
await twin.start()
const db = twin.prisma
const { gateway } = twin.server

const broadcast = gateway.broadcastMessageCreate.bind(gateway)
gateway.broadcastMessageCreate = (message, guild) =>
  broadcast(message.message_reference && !message.author.bot ? { ...message, type: 19 } : message, guild)

// --- the proxy ---

const files = new Map()
let lastFile = 1

// keep stores a file and returns its attachment.
function keep(name, type, data) {
  const id = String(lastFile++)
  const path = `/cdn/${id}/${encodeURIComponent(name)}`
  files.set(path, data)
  return { id, filename: name, size: data.length, content_type: type, url: base() + path, proxy_url: base() + path }
}

// unpack returns the JSON of a request, and its files as attachments.
async function unpack(body, type) {
  if (!type?.startsWith('multipart/form-data')) {
    return { json: body, attachments: [] }
  }
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  const attachments = []
  for (const [name, value] of form) {
    if (name !== 'payload_json') {
      attachments.push(keep(value.name, value.type, Buffer.from(await value.arrayBuffer())))
    }
  }
  return { json: Buffer.from(form.get('payload_json')), attachments }
}

// attach writes files into the message that a request made or changed.
async function attach(path, parsed, answer, attachments) {
  const listed = parsed.attachments ?? parsed.data?.attachments
  if (attachments.length === 0 && listed === undefined) {
    return answer
  }
  const data = { attachments: JSON.stringify(attachments) }
  const callback = path.match(/\/interactions\/(\d+)\/[^/]+\/callback$/)
  if (callback) {
    const { messageId } = await db.interactionResponse.findUnique({ where: { interactionId: callback[1] } })
    await db.message.update({ where: { id: messageId }, data })
    return answer
  }
  const message = JSON.parse(answer)
  await db.message.update({ where: { id: message.id }, data })
  return Buffer.from(JSON.stringify({ ...message, attachments }))
}

async function serve(request, response) {
  const file = files.get(request.url)
  if (file) {
    return response.end(file)
  }
  const chunks = []
  for await (const chunk of request) {
    chunks.push(chunk)
  }
  const { json, attachments } = await unpack(Buffer.concat(chunks), request.headers['content-type'])
  const headers = { authorization: request.headers.authorization ?? '' }
  if (json.length > 0) {
    headers['content-type'] = 'application/json'
  }
  const hasBody = !['GET', 'HEAD'].includes(request.method) && json.length > 0
  const got = await fetch(`http://127.0.0.1:${twin.port}${request.url}`, {
    method: request.method, headers, body: hasBody ? json : undefined,
  })
  let body = Buffer.from(await got.arrayBuffer())
  if (got.ok && hasBody && request.method !== 'PUT') {
    body = await attach(request.url, JSON.parse(json), body, attachments)
  }
  if (got.ok && request.url.endsWith('/applications/@me')) {
    body = Buffer.from(JSON.stringify({ ...JSON.parse(body), owner: { id: '1', username: 'owner' } }))
  }
  response.writeHead(got.status, { 'content-type': got.headers.get('content-type') ?? 'application/json' })
  response.end(got.status === 204 ? undefined : body)
}

const proxy = http.createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(request.method, request.url, error)
    response.writeHead(500)
    response.end()
  })
})
await new Promise((done) => proxy.listen(0, '127.0.0.1', done))
const base = () => `http://127.0.0.1:${proxy.address().port}`

// --- the users ---

const users = {}
for (const user of await db.user.findMany({ where: { bot: false } })) {
  users[user.username] = user.id
}
const channels = {}
for (const channel of await db.channel.findMany()) {
  channels[channel.name] = channel.id
}

const commands = {
  connected: async () => gateway.clients.filter((c) => c.identified).length,
  commands: async () => (await db.applicationCommand.findMany()).map((c) => c.name),
  say: async ({ user, channel, text, to }) => twin.simulateUserMessage({
    userId: users[user], channelId: channel, content: text,
    messageReference: to ? { channel_id: channel, message_id: to, guild_id: twin.guildId } : undefined,
  }),
  slash: async ({ user, channel, name, options }) => twin.simulateSlashCommand({ userId: users[user], channelId: channel, name, options }),
  press: async ({ user, channel, to, id }) => twin.simulateButtonClick({ userId: users[user], channelId: channel, messageId: to, customId: id }),
  answer: async ({ id }) => db.interactionResponse.findUnique({ where: { interactionId: id } }),
  threads: async () => (await db.channel.findMany({ where: { type: 11 } })).map((c) => ({ id: c.id, name: c.name })),
  messages: async ({ channel }) => twin.channel(channel).getMessages(),
}

const say = (value) => process.stdout.write(JSON.stringify(value) + '\n')
say({ url: base(), channels, bot: twin.botUserId })
for await (const line of readline.createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  try {
    say({ ok: (await commands[command.do](command)) ?? null })
  } catch (error) {
    say({ error: String(error?.stack ?? error) })
  }
}
process.exit(0)
