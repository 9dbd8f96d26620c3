/** What the browser runner gives every test file. */
type Body = () => void | Promise<void>;

interface Suite {
  (title: string, body: () => void): void;
}

interface Case {
  (title: string, body: Body): void;
}

declare const describe: Suite;
declare const it: Case;
declare const before: (body: Body) => void;
declare const after: (body: Body) => void;
declare const beforeEach: (body: Body) => void;
declare const afterEach: (body: Body) => void;
