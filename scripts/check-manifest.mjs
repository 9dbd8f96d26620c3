import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What the elements show to pages without a word of documentation.
 *
 * @param {object} manifest - custom-elements.json.
 * @returns {string[]} One sentence per finding.
 */
export function undocumented(manifest) {
  const elements = manifest.modules
    .flatMap((module) => module.declarations ?? [])
    .filter((one) => one.tagName);
  if (!elements.length) return ['The manifest names no element: is @tag missing?'];
  return elements.flatMap((element) => [
    ...(element.description ? [] : [`<${element.tagName}> has no description.`]),
    ...[
      ['attribute', element.attributes],
      ['event', element.events],
      ['slot', element.slots],
      ['part', element.cssParts],
      ['custom property', element.cssProperties],
      ['member', element.members?.filter(isPublic)],
    ].flatMap(([kind, all = []]) =>
      all
        .filter((one) => !one.description?.trim())
        .map((one) => `<${element.tagName}>: ${kind} "${one.name ?? ''}" has no description.`),
    ),
  ]);
}

/**
 * Parts and events that the elements have, but that no element's documentation names.
 *
 * @param {object} manifest - custom-elements.json.
 * @param {string} source - The text of every element.
 * @returns {string[]} One sentence per finding.
 */
export function unnamed(manifest, source) {
  const elements = manifest.modules.flatMap((module) => module.declarations ?? []);
  const parts = new Set(elements.flatMap((one) => one.cssParts ?? []).map(({ name }) => name));
  const events = new Set(elements.flatMap((one) => one.events ?? []).map(({ type }) => type?.text));
  const usedParts = [...source.matchAll(/\spart="([\w\s-]+)"/g)].flatMap(([, names]) =>
    names.trim().split(/\s+/),
  );
  const usedEvents = [...source.matchAll(/\bnew (Chat\w+Event)\(/g)].map(([, name]) => name);
  return [
    ...missing(usedParts, parts).map((name) => `Part "${name}" is used but no @csspart names it.`),
    ...missing(usedEvents, events).map((name) => `${name} is fired but no @event names it.`),
  ];
}

function missing(used, named) {
  return [...new Set(used)].filter((name) => !named.has(name));
}

const LIFECYCLE = new Set(['styles', 'properties', 'formAssociated']);

function isPublic(member) {
  const hidden =
    member.privacy === 'private' || member.privacy === 'protected' || member.name.startsWith('#');
  return !hidden && !member.static && !member.inheritedFrom && !LIFECYCLE.has(member.name) && !isLit(member);
}

// What Lit or the browser calls, nobody else.
function isLit(member) {
  return (
    member.kind === 'method' &&
    /^(render|willUpdate|updated|firstUpdated|update|shouldUpdate|(dis)?connectedCallback|createRenderRoot|attributeChangedCallback|getUpdateComplete|performUpdate|requestUpdate|adoptedCallback|host(Connected|Disconnected|Update|Updated))$/.test(
      member.name,
    )
  );
}

/** Prints the findings. @returns {boolean} Whether there are none. */
export function printUndocumented() {
  const manifest = JSON.parse(readFileSync('dist/custom-elements.json', 'utf8'));
  const files = readdirSync('src/elements', { recursive: true }).filter((file) => file.endsWith('.ts'));
  const source = files.map((file) => readFileSync(join('src/elements', file), 'utf8')).join('\n');
  const findings = [...undocumented(manifest), ...unnamed(manifest, source)];
  console.log(findings.length ? findings.join('\n') : 'Everything public is documented.');
  return findings.length === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exit(printUndocumented() ? 0 : 1);
