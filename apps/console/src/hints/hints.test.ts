import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { derive } from '@meta/derive'
import type { Document } from '@meta/document'
import type { Field } from '@meta/types'
import { titlesOf } from '@/engine/titles'
import { CHOICES, PAST, THINGS, VERBS } from './choices'
import { DOCUMENTS, DOCUMENT_TYPES } from './documents'
import { WORDS } from './fields'
import { REPORT_WORDS, REPORTS } from './reports'
import { RESOURCES } from './resources'
import { AREAS } from './rights'

const document = JSON.parse(readFileSync(new URL('../../../../openapi.json', import.meta.url), 'utf8')) as Document
const { index, resources, reports, rights, titles } = derive(document)

/** A field with those inside it. */
const deep = (field: Field): Field[] => [field, ...(field.fields ?? []).flatMap(deep)]

test('whatever a resource shows, asks for or can do has a name in both languages', () => {
  const missing = new Set<string>()
  for (const key of Object.keys(index)) {
    if (!RESOURCES[key]?.ko) missing.add(key)
    const resource = resources[key]
    if (!resource) continue
    const actions = resource.actions
    for (const action of actions) if (!VERBS[action.verb]) missing.add(`verb ${action.verb}`)
    const fields = [resource.show, resource.create, resource.update, resource.filters, ...actions.map((action) => action.body)].flatMap((some) => some ?? [])
    for (const field of fields.flatMap(deep)) {
      if (!titlesOf(key, field.name)) missing.add(`${field.name} (${key})`)
      for (const word of field.choices ?? []) {
        if (!(CHOICES[`${key}.${field.name}.${word}`] ?? CHOICES[`${field.name}.${word}`] ?? CHOICES[word])) missing.add(`${field.name}.${word}`)
      }
    }
  }
  expect([...missing]).toEqual([])
})

test('the hints name what the document does not: fields without a title, and those that one resource calls otherwise', () => {
  const needless = Object.keys(WORDS).filter((name) => (name.includes('.') ? !(name.slice(0, name.lastIndexOf('.')) in index) : name in titles))
  expect(needless).toEqual([])
})

test('what the hints name of a document, the OpenAPI document has', () => {
  const unknown = new Set<string>()
  for (const key of Object.values(DOCUMENT_TYPES)) if (!(key in index)) unknown.add(key)
  for (const [key, hint] of Object.entries(DOCUMENTS)) {
    const resource = resources[key]
    if (!resource) {
      unknown.add(key)
      continue
    }
    const all = [...resource.show, ...resource.create, ...resource.update]
    const known = new Set(all.map((field) => field.name))
    const named = [...(hint.groups ?? []).flatMap((group) => group.fields), ...(hint.totals ?? []), ...Object.keys(hint.defaults ?? {}), ...Object.keys(hint.only ?? {})]
    for (const name of named) if (!known.has(name)) unknown.add(`${key}.${name}`)
    for (const [name, lines] of Object.entries(hint.lines ?? {})) {
      const fields = new Set(all.filter((field) => field.name === name).flatMap((field) => (field.fields ?? []).map((one) => one.name)))
      for (const column of [...lines.columns, ...(lines.zeroIsEmpty ?? [])]) if (!fields.has(column)) unknown.add(`${key}.${name}.${column}`)
    }
    const verbs = new Set(resource.actions.map((action) => action.verb))
    for (const verb of [...(hint.order ?? []), ...(hint.then ? [hint.then.verb] : [])]) if (!verbs.has(verb)) unknown.add(`${key} ${verb}`)
  }
  expect([...unknown]).toEqual([])
})

test('whatever a report asks for or says has a name in both languages', () => {
  const missing = new Set<string>()
  for (const report of Object.values(reports)) {
    if (!REPORTS[report.key]?.ko) missing.add(report.key)
    for (const field of [...report.parameters, ...report.answer].flatMap(deep)) {
      if (!(REPORT_WORDS[field.name] ?? titlesOf(report.key, field.name)) && !['page', 'page_size'].includes(field.name)) missing.add(`${field.name} (${report.key})`)
      for (const word of field.choices ?? []) if (!(CHOICES[`${field.name}.${word}`] ?? CHOICES[word])) missing.add(`${field.name}.${word}`)
    }
  }
  expect([...missing]).toEqual([])
})

test('what hints say of a report, the document has', () => {
  for (const [key, hint] of Object.entries(REPORTS)) {
    const report = reports[key]
    const names = [...(report?.parameters ?? []), ...(report?.answer ?? [])].flatMap(deep).map((field) => field.name)
    for (const name of [...(hint.without ?? []), ...(hint.order ?? []), ...(hint.columns ?? []), ...(hint.bars ?? []), ...(hint.compare ? [hint.compare] : [])]) expect([key, names]).toEqual([key, expect.arrayContaining([name])])
  }
})

test('rights have Korean names: what they are of, and what may be done', () => {
  const missing = new Set<string>()
  for (const [realm, domains] of Object.entries(rights)) {
    for (const [domain, names] of Object.entries(domains)) {
      for (const [name, actions] of Object.entries(names)) {
        const isList = Object.values(index).some((entry) => entry.realm === realm && entry.domain === domain && entry.name === name)
        if (!isList && !AREAS[name]) missing.add(`${domain}.${name}`)
        for (const action of actions) if (!VERBS[action]) missing.add(action)
      }
    }
  }
  expect([...missing]).toEqual([])
})

test('a list is ordered by what it can be sorted by', () => {
  for (const [key, hint] of Object.entries(RESOURCES)) if (hint.order) expect([key, resources[key]?.sorts]).toEqual([key, expect.arrayContaining([hint.order.replace('-', '')])])
})

test('every event has a Korean name: what it is about, and what happened', () => {
  const nouns = new Set(Object.values(index).map((entry) => `${entry.domain}.${entry.noun?.singular.toLowerCase().replaceAll(' ', '_') ?? ''}`))
  const missing = (document['x-events'] ?? []).filter((kind) => {
    const [domain = '', thing = '', verb = ''] = kind.split('.')
    return !PAST[verb] || !(nouns.has(`${domain}.${thing}`) || THINGS[thing])
  })
  expect(document['x-events']?.length).toBeGreaterThan(100)
  expect(missing).toEqual([])
})
