import { expect, it } from 'vitest'
import de from './de.json'
import en from './en.json'
import zhCN from './zh-CN.json'
import zhTW from './zh-TW.json'

const keys = (o: object, at = ''): string[] => Object.entries(o).flatMap(([k, v]) => (typeof v === 'object' && v ? keys(v as object, `${at}${k}.`) : [at + k.replace(/_(one|other)$/, '')]))
const unique = (o: object) => [...new Set(keys(o))].sort()

it.each([['de', de], ['zh-TW', zhTW], ['zh-CN', zhCN]])('%s has every text', (_, texts) => expect(unique(texts)).toEqual(unique(en)))
