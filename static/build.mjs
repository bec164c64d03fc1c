// Builds static/dist from npm packages and static/src: one stylesheet, one script, two fonts, each named by its
// digest and compressed once. Run by "make assets" after "npm ci"; nothing of it runs on a server.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import postcss from "postcss";
import subsetFont from "subset-font";
import { letters } from "./letters.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const kern = path.join(root, "node_modules/@kern-ux/native/dist");
const dist = path.join(here, "dist");

async function files(folder, fits) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile() && fits(e.name)).map((e) => path.join(e.parentPath ?? e.path, e.name));
}

// classNames collects every word in templates and scripts that could be a class, and the beginnings of composed
// ones ("kern-alert--" + kind), of which all endings are kept.
async function classNames() {
  const sources = [
    ...(await files(path.join(root, "internal/web/page"), (n) => /\.(templ|go)$/.test(n) && !/_(templ|test)\.go$/.test(n))),
    ...(await files(path.join(here, "src"), (n) => n.endsWith(".js"))),
  ];
  const whole = new Set();
  const begun = new Set();
  for (const file of sources) {
    for (const [name] of (await readFile(file, "utf8")).matchAll(/kern-[a-z0-9_-]+/g)) {
      (/[-_]$/.test(name) ? begun : whole).add(name);
    }
  }
  return { whole, begun };
}

// Composed icon names ("kern-icon--" + name) would keep all icons: their names are taken from the calls instead.
async function iconNames() {
  const names = new Set(["info", "success", "warning", "danger"]);
  for (const file of await files(path.join(root, "internal/web/page"), (n) => n.endsWith(".templ") || (n.endsWith(".go") && !/_(templ|test)\.go$/.test(n)))) {
    const text = await readFile(file, "utf8");
    for (const [, name] of text.matchAll(/(?:Icon\(|Icon: *)"([a-z-]+)"/g)) names.add(name);
    for (const [, name] of text.matchAll(/kern-icon--([a-z-]+[a-z])/g)) names.add(name);
  }
  return names;
}

// cut drops every selector whose classes nobody uses, then the custom properties that are left without a reader.
function cut(css, used, icons) {
  // A field's error variant is used wherever the field is.
  const keeps = (cls) => {
    cls = cls.replace(/--error$/, "");
    if (!cls.startsWith("kern-")) return true;
    if (cls.startsWith("kern-icon--")) return icons.has(cls.slice("kern-icon--".length)) || used.whole.has(cls);
    return used.whole.has(cls) || [...used.begun].some((b) => b !== "kern-" && b !== "kern-icon--" && cls.startsWith(b));
  };
  const tree = postcss.parse(css);
  tree.walkComments((c) => c.remove());
  tree.walkAtRules("font-face", (r) => r.remove());
  tree.walkRules((rule) => {
    if (rule.parent.type === "atrule" && /keyframes/.test(rule.parent.name)) return;
    const left = rule.selectors.filter((s) => {
      // Classes inside :not() and alternatives inside :is() do not decide whether a selector can match.
      const outside = s.replace(/:(not|is|where)\((?:[^()]|\([^()]*\))*\)/g, "");
      return (outside.match(/\.[a-z][\w-]*/gi) ?? []).every((c) => keeps(c.slice(1)));
    });
    if (left.length === 0) rule.remove();
    else if (left.length < rule.selectors.length) rule.selectors = left;
  });
  return tree;
}

function dropUnread(tree) {
  for (let changed = true; changed; ) {
    changed = false;
    const text = tree.toString();
    const read = new Set([...text.matchAll(/var\(\s*(--[\w-]+)/g)].map((m) => m[1]));
    tree.walkDecls(/^--/, (d) => {
      if (!read.has(d.prop)) {
        d.remove();
        changed = true;
      }
    });
  }
  tree.walkRules((r) => r.nodes.length === 0 && r.remove());
  tree.walkAtRules((r) => r.nodes?.length === 0 && r.remove());
}

const manifest = {};

// emit writes a file under its digest, with its compressed forms where they are smaller, and notes its name.
async function emit(name, body, compress = true) {
  const bytes = Buffer.from(body);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const { name: stem, ext } = path.parse(name);
  const target = `${stem}.${hash}${ext}`;
  await writeFile(path.join(dist, target), bytes);
  if (compress) {
    const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
    await writeFile(path.join(dist, `${target}.br`), br);
    await writeFile(path.join(dist, `${target}.gz`), gzipSync(bytes, { level: 9 }));
    console.log(`${name}: ${bytes.length} bytes, ${br.length} compressed`);
  } else {
    console.log(`${name}: ${bytes.length} bytes`);
  }
  manifest[name] = target;
  return target;
}

async function font(name, source) {
  const original = await readFile(path.join(kern, "fonts/fira-sans", source));
  const small = await subsetFont(original, letters, {
    targetFormat: "woff2",
    keepFeatures: ["kern", "mark", "mkmk", "ccmp"],
    noHinting: true,
    noLayoutClosure: true,
    dropTables: ["DSIG", "gasp", "FFTM"],
  });
  return emit(name, small, false);
}

await mkdir(dist, { recursive: true });

const regular = await font("regular.woff2", "FiraSans-Regular.woff2");
const bold = await font("bold.woff2", "FiraSans-SemiBold.woff2");

const tree = cut(await readFile(path.join(kern, "kern.css"), "utf8"), await classNames(), await iconNames());
const sheets = await Promise.all(["frame", "parts", "fields", "citizen", "draft", "desk", "inbox", "case", "letters", "many", "keys", "media"].map((name) => readFile(path.join(here, `src/${name}.css`), "utf8")));
const own = sheets.join("\n").replace("regular.woff2", regular).replace("bold.woff2", bold);
// KERN's sides are left and right; ours are start and end, so that a page in a language that is written from right to
// left is the mirror image of another.
tree.walkDecls(/^(margin|padding|border)-(left|right)/, (d) => {
  d.prop = d.prop.replace(/-left/, "-inline-start").replace(/-right/, "-inline-end");
});
tree.walkDecls(/^(left|right)$/, (d) => {
  d.prop = d.prop === "left" ? "inset-inline-start" : "inset-inline-end";
});
tree.walkDecls(/^(margin|padding)$/, (d) => {
  const [top, right, bottom, left, more] = postcss.list.space(d.value);
  if (left === undefined || more !== undefined || left === right) return;
  d.cloneBefore({ prop: `${d.prop}-block`, value: `${top} ${bottom}` });
  d.replaceWith(d.clone({ prop: `${d.prop}-inline`, value: `${left} ${right}` }));
});
tree.walkDecls(/^text-align$/, (d) => {
  d.value = d.value.replace(/^left$/, "start").replace(/^right$/, "end");
});
tree.walkDecls("float", (d) => {
  if (/^(left|right)$/.test(d.value)) d.cloneAfter({ value: d.value === "left" ? "inline-start" : "inline-end" }); // older browsers know the first only
});
tree.append(postcss.parse(own));
dropUnread(tree);
const css = await esbuild.transform(tree.toString(), { loader: "css", minify: true, target: ["chrome111", "firefox113", "safari16.4"], legalComments: "none" });
await emit("app.css", css.code);

for (const name of ["app.js", "files.js", "upload.js", "work.js"]) {
  const js = await esbuild.build({
    entryPoints: [path.join(here, "src", name)], bundle: true, minify: true, write: false, format: "esm", target: "es2022", charset: "utf8", platform: "browser",
  });
  await emit(name, js.outputFiles[0].text);
}

await writeFile(path.join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
await writeFile(path.join(dist, ".gitkeep"), "");

// What earlier builds left goes last, so that dist is whole at any moment.
const current = [".gitkeep", "manifest.json", ...Object.values(manifest)];
for (const name of await readdir(dist)) {
  if (!current.includes(name.replace(/\.(br|gz)$/, ""))) await rm(path.join(dist, name));
}
