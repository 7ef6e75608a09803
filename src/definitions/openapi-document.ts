/** The parts of an OpenAPI 3.1 document that this server's own has (OpenAPI Specification 3.1.0, section 4.8). */

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: OpenApiInfo;
  readonly servers: readonly OpenApiServer[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path below the server's URL, with `{name}` for what is a parameter. */
  readonly paths: Readonly<Record<string, OpenApiPath>>;
  readonly components: OpenApiComponents;
}

interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
  /** Markdown. */
  readonly description: string;
  readonly license: { readonly name: string; readonly identifier: string };
}

interface OpenApiServer {
  readonly url: string;
  readonly description: string;
}

export interface OpenApiComponents {
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  readonly parameters: Readonly<Record<string, OpenApiParameter>>;
  readonly headers: Readonly<Record<string, OpenApiHeader>>;
  readonly requestBodies: Readonly<Record<string, OpenApiRequestBody>>;
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

/** JSON Schema 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A component of this document, `#/components/<section>/<name>`. */
export interface OpenApiReference {
  readonly $ref: string;
}

export const referTo = (section: keyof OpenApiComponents, name: string): OpenApiReference => ({
  $ref: `#/components/${section}/${name}`,
});

type HttpMethod = 'get' | 'put' | 'post' | 'patch' | 'delete';

export type OpenApiPath = { readonly [Method in HttpMethod]?: OpenApiOperation } & {
  readonly parameters?: readonly OpenApiReference[];
  readonly servers?: readonly OpenApiServer[];
};

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters?: readonly OpenApiReference[];
  readonly requestBody?: OpenApiReference;
  /** By HTTP status. */
  readonly responses: Readonly<Record<string, OpenApiReference>>;
}

export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly required?: true;
  readonly schema: JsonSchema | OpenApiReference;
}

export interface OpenApiHeader {
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface OpenApiRequestBody {
  readonly description: string;
  readonly required: boolean;
  readonly content: OpenApiContent;
}

export interface OpenApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, OpenApiReference>>;
  readonly content?: OpenApiContent;
}

/** By media type. */
export type OpenApiContent = Readonly<Record<string, { readonly schema: JsonSchema | OpenApiReference }>>;
