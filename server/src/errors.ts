/** The HTTP status of each protocol code this server answers with. */
const STATUS = {
  [-1]: 500,
  2: 401,
  4: 400,
  5: 401,
  9: 429,
  16: 404,
  17: 403,
  18: 400,
  19: 400,
  20: 400,
  21: 400,
  22: 413,
  24: 431,
  40: 401,
  41: 401,
  42: 401,
  43: 401,
  46: 400,
  71: 429,
} as const;

export type ApiCode = keyof typeof STATUS;

/** The error body of the protocol. */
export interface ErrorBody {
  code: number;
  StatusCode: number;
  message: string;
  duration: string;
  more_info: string;
  details: number[];
}

/** A refusal that the caller is told of: the protocol's code, and a sentence with rule, value and way out. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiCode;
  readonly status: number;

  /** @param status - Where it is not the code's usual one. */
  constructor(code: ApiCode, message: string, status: number = STATUS[code]) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** @param endpoint - Named in the message, as the protocol does; left out for refused tokens and keys. */
  toBody(duration = '', endpoint?: string): ErrorBody {
    const message =
      endpoint && this.status !== 401 ? `${endpoint} failed with error: "${this.message}"` : this.message;
    return { code: this.code, StatusCode: this.status, message, duration, more_info: '', details: [] };
  }
}

/** A value that breaks a rule: code 4, HTTP 400. */
export function badInput(message: string): ApiError {
  return new ApiError(4, message);
}

/** Something that is not there, or that the caller may not learn of: code 16, HTTP 404. */
export function notFound(message: string): ApiError {
  return new ApiError(16, message);
}

/** Something the caller may not do: code 17, HTTP 403. */
export function notAllowed(userId: string, action: string, role = 'user'): ApiError {
  return new ApiError(17, `User '${userId}' with role ${role} is not allowed to ${action}`);
}

/** The store is away for a moment: code -1, HTTP 503. Nothing was done, or what was done is found by its id. */
export function storeAway(): ApiError {
  return new ApiError(-1, 'The store cannot be reached just now. Try again in a moment.', 503);
}

/** An object above the protocol's size limit: code 22, HTTP 413. */
export function tooLarge(what: string, bytes: number, limit: number): ApiError {
  return new ApiError(
    22,
    `${what} may take ${limit} bytes as JSON; got ${bytes}. Store large data elsewhere.`,
  );
}

/** `value` as JSON, cut to a length that fits a sentence. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
