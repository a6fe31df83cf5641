/** One call of the API: the envelope opened, an error thrown as a `Problem`. Knows nothing of who is signed in. */
import { language } from '@/i18n/language'
import { heardTime } from './clock'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Row = Record<string, Json>

export interface FieldError {
  field: string
  rule: string
  message: string
}

interface ProblemDetail {
  errors?: FieldError[]
  reason?: string
  permission?: string
  rule?: string
  references?: Json
  [more: string]: unknown
}

/** What the API refused, or that it could not be reached (status 0). `message` is in the reader's language. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly detail: ProblemDetail,
    readonly requestId: string | null,
  ) {
    super(message)
  }

  get fields(): FieldError[] {
    return this.detail.errors ?? []
  }
}

export interface Options {
  query?: Record<string, string | number | boolean | null | undefined>
  body?: unknown
  token?: string | null
  ifMatch?: string | null
  idempotencyKey?: string
  signal?: AbortSignal
}

export interface Answer<T> {
  data: T
  etag: string | null
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export async function send<T>(method: Method, path: string, options: Options = {}): Promise<Answer<T>> {
  const response = await reach(method, path, options)
  const envelope = (await response.json().catch(() => null)) as Envelope<T> | null
  if (envelope?.timestamp) heardTime(envelope.timestamp)
  if (response.ok && envelope) return { data: envelope.data, etag: response.headers.get('ETag') }
  throw problem(response, envelope)
}

/** The answer as a file, for exports. */
export async function download(path: string, options: Options): Promise<Blob> {
  const response = await reach('GET', path, options)
  if (response.ok) return response.blob()
  throw problem(response, (await response.json().catch(() => null)) as Envelope<unknown> | null)
}

interface Envelope<T> {
  data: T
  message: string | null
  code: string | null
  detail?: ProblemDetail
  request_id: string
  timestamp?: string
}

function problem(response: Response, envelope: Envelope<unknown> | null): Problem {
  const message = envelope?.message ?? `${response.status} ${response.statusText}`
  return new Problem(response.status, envelope?.code ?? 'UNKNOWN', message, envelope?.detail ?? {}, envelope?.request_id ?? null)
}

async function reach(method: Method, path: string, options: Options): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json', 'Accept-Language': language.value })
  // a file says itself what it is
  const isFile = options.body instanceof Blob
  if (options.body !== undefined && !isFile) headers.set('Content-Type', 'application/json')
  if (options.token) headers.set('Authorization', `Bearer ${options.token}`)
  if (options.ifMatch) headers.set('If-Match', options.ifMatch)
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey)
  const body = options.body instanceof Blob ? options.body : options.body === undefined ? undefined : JSON.stringify(options.body)
  try {
    return await fetch(`${path}${queryOf(options.query)}`, { method, headers, body, signal: options.signal ?? null })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    const message = language.value === 'ko' ? '서버에 연결할 수 없습니다. 네트워크를 확인하십시오.' : 'The server cannot be reached. Check the network.'
    throw new Problem(0, 'UNREACHABLE', message, {}, null)
  }
}

function queryOf(query: Options['query']): string {
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') words.set(name, String(value))
  }
  const text = words.toString()
  return text ? `?${text}` : ''
}
