import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { derive } from '@meta/derive'
import type { Document } from '@meta/document'
import type { Field } from '@meta/types'
import { CHOICES, VERBS } from './choices'
import { WORDS } from './fields'
import { RESOURCES } from './resources'

const document = JSON.parse(readFileSync(new URL('../../../../openapi.json', import.meta.url), 'utf8')) as Document
const { index, resources, titles } = derive(document)

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
      if (!(titles[`${key}.${field.name}`] ?? titles[field.name] ?? WORDS[field.name])) missing.add(`${field.name} (${key})`)
      for (const word of field.choices ?? []) {
        if (!(CHOICES[`${key}.${field.name}.${word}`] ?? CHOICES[`${field.name}.${word}`] ?? CHOICES[word])) missing.add(`${field.name}.${word}`)
      }
    }
  }
  expect([...missing]).toEqual([])
})
