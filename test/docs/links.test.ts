import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Folders that are made by installing, building or running. */
const generated = new Set(['node_modules', 'dist', '.git', '.candlewatch', '.jupyter', 'coverage'])

const files = readdirSync(root, { withFileTypes: true }).flatMap(entry =>
  generated.has(entry.name) ? [] : entry.isDirectory() ? filesIn(entry.name) : [entry.name],
)
const names = new Set(files.map(file => basename(file)))
const pages = files.filter(file => file.endsWith('.md') && basename(file) !== 'card.md')

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    if (generated.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [path]
  })
}

/** The text of a page without its blocks of code. */
function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '')
}

/** The anchors of a page, as GitHub makes them from its headings. */
function anchorsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}

/** The relative links of a page that lead nowhere. */
function brokenLinks(page: string): string[] {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, source]) => link ?? source ?? '',
  )
  return links.filter(link => {
    if (/^[a-z]+:/.test(link)) return false
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? join(root, page) : join(root, dirname(page), path)
    if (!existsSync(target)) return true
    return anchor !== undefined && statSync(target).isFile() && !anchorsOf(target).includes(anchor)
  })
}

const extension = /\.(ts|tsx|mjs|js|json|jsonc|css|md|sql|py|sh|yml|yaml|txt|ipynb)$/

/** Paths that a page names between backticks and that don't exist. */
function missingPaths(page: string): string[] {
  const named = [...textOf(page).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
  return named.filter(text => {
    const isPath = /^\.?\w[\w.-]*(\/[\w.@-]+)*\/?$/.test(text) && (text.includes('/') || extension.test(text))
    // A path with capitals such as NAME stands for many; a path of the API or of a package is none in the repository.
    if (!isPath || /(^|\/)(NAME|VERSION|X|x)\b/.test(text) || text.split('/').some(part => generated.has(part)))
      return false
    if (text.lastIndexOf('.') === 0) return false
    if (!text.includes('/')) return !names.has(text)
    const workspace = page.split('/')[0] ?? ''
    const places = ['', dirname(page), workspace, join(workspace, 'src'), 'core/src', 'web/src', 'server/src']
    const top = text.split('/')[0] ?? ''
    const isOurs = extension.test(text) || places.some(place => existsSync(join(root, place, top)))
    return isOurs && !places.some(place => existsSync(join(root, place, text)))
  })
}

describe.each(pages)('%s', page => {
  it('has relative links that lead to a file, and to a heading of it', () => {
    expect(brokenLinks(page)).toEqual([])
  })

  it('names only files and folders that exist', () => {
    expect(missingPaths(page)).toEqual([])
  })
})

it('finds the pages', () => {
  expect(pages).toContain('README.md')
  expect(pages).toContain(relative(root, join(root, 'docs/architecture.md')))
})
