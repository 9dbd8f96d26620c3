/** What the browser runner gives every test file. */
type Steps = () => void | Promise<void>;

interface Suite {
  (title: string, body: () => void): void;
}

interface Case {
  (title: string, body: Steps): void;
}

declare const describe: Suite;
declare const it: Case;
declare const before: (body: Steps) => void;
declare const after: (body: Steps) => void;
declare const beforeEach: (body: Steps) => void;
declare const afterEach: (body: Steps) => void;
