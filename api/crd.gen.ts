/**
 * The CRD as data. Generated from crds/courier.dev_couriers.yaml by `npm run generate`; edit that file instead.
 */
import type { Schema } from './schema.ts';

/** The schema of a Courier. */
export const courierSchema: Schema = {
  "description": "Delivers the messages of one SQS queue to one HTTP recipient and audits every delivery.",
  "type": "object",
  "required": [
    "spec"
  ],
  "x-kubernetes-validations": [
    {
      "rule": "self.metadata.name.size() <= 52 && !self.metadata.name.contains('.')",
      "message": "The name is longer than 52 characters or holds a dot. Choose one of at most 52 characters of a-z, 0-9 and \"-\".",
      "messageExpression": "'The name %s has %s characters or holds a dot. Choose one of at most 52 characters of a-z, 0-9 and \"-\".' .format([self.metadata.name, string(self.metadata.name.size())])"
    }
  ],
  "properties": {
    "apiVersion": {
      "description": "The version of this schema, courier.dev/v1alpha1.",
      "type": "string",
      "maxLength": 64
    },
    "kind": {
      "description": "Always Courier.",
      "type": "string",
      "maxLength": 64
    },
    "metadata": {
      "type": "object"
    },
    "spec": {
      "description": "What should be delivered, where to, and how. Written by people, never by Courier.",
      "type": "object",
      "required": [
        "queue",
        "recipient",
        "audit"
      ],
      "x-kubernetes-validations": [
        {
          "rule": "!has(self.aws) || !has(self.aws.credentialsSecretRef) || !has(self.worker.env) || !self.worker.env.exists(variable, variable.name in ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])",
          "fieldPath": ".worker",
          "message": "worker.env sets AWS credentials, and so does aws.credentialsSecretRef. Remove them from one of the two."
        },
        {
          "rule": "has(self.queue.deadLetterUrl) || !has(self.delivery) || !has(self.delivery.rules) || !self.delivery.rules.exists(rule, rule.action == 'DeadLetter')",
          "reason": "FieldValueRequired",
          "fieldPath": ".queue.deadLetterUrl",
          "message": "A rule of delivery has the action DeadLetter, and there is no queue for dead letters. Set queue.deadLetterUrl, or choose another action."
        },
        {
          "rule": "has(self.queue.deadLetterUrl) || !has(self.delivery) || !has(self.delivery.maxAttempts) || self.delivery.maxAttempts == 0",
          "reason": "FieldValueRequired",
          "fieldPath": ".queue.deadLetterUrl",
          "message": "delivery.maxAttempts limits the attempts, and there is no queue for what has used them up. Set queue.deadLetterUrl, or remove maxAttempts."
        },
        {
          "rule": "has(self.queue.deadLetterUrl) || !has(self.delivery) || !has(self.delivery.maxMessageAgeSeconds) || self.delivery.maxMessageAgeSeconds == 0",
          "reason": "FieldValueRequired",
          "fieldPath": ".queue.deadLetterUrl",
          "message": "delivery.maxMessageAgeSeconds limits the age of messages, and there is no queue for those that are older. Set queue.deadLetterUrl, or remove maxMessageAgeSeconds."
        },
        {
          "rule": "!has(self.recipient.batch) || self.recipient.batch.maxAgeMilliseconds <= self.queue.visibilityTimeoutSeconds * 500",
          "fieldPath": ".recipient.batch.maxAgeMilliseconds",
          "message": "maxAgeMilliseconds is above half of queue.visibilityTimeoutSeconds. Lower maxAgeMilliseconds or raise queue.visibilityTimeoutSeconds.",
          "messageExpression": "'maxAgeMilliseconds %d is above half of queue.visibilityTimeoutSeconds %d. Lower maxAgeMilliseconds or raise queue.visibilityTimeoutSeconds.' .format([self.recipient.batch.maxAgeMilliseconds, self.queue.visibilityTimeoutSeconds])"
        }
      ],
      "properties": {
        "suspend": {
          "description": "True: no workers, nothing is received, and the rest of the spec stays for later. What workers hold at that moment they still deliver.",
          "type": "boolean",
          "default": false
        },
        "queue": {
          "description": "The SQS queue that messages come from.",
          "type": "object",
          "required": [
            "url"
          ],
          "x-kubernetes-validations": [
            {
              "rule": "has(self.region) || self.url.lowerAscii().matches( r'^https?://((([a-z0-9-]+\\.)?sqs(-fips)?\\.[a-z0-9-]+(\\.vpce)?|[a-z0-9-]+\\.queue)\\.(amazonaws\\.com(\\.cn)?|api\\.aws)|queue\\.amazonaws\\.com)(:[0-9]+)?/')",
              "reason": "FieldValueRequired",
              "fieldPath": ".region",
              "message": "The region cannot be derived from a url whose host is not one of AWS. Set region, for example us-east-1, since requests are signed for a region even where the service ignores it.",
              "messageExpression": "'The region cannot be derived from ' + self.url + ', whose host is not one of AWS.' + ' Set region, for example us-east-1, since requests are signed for a region even where the service ignores it.'"
            },
            {
              "rule": "!has(self.region) || has(self.endpoint) || !self.url.lowerAscii().matches( r'^https?://((([a-z0-9-]+\\.)?sqs(-fips)?\\.[a-z0-9-]+(\\.vpce)?|[a-z0-9-]+\\.queue)\\.(amazonaws\\.com(\\.cn)?|api\\.aws)|queue\\.amazonaws\\.com)(:[0-9]+)?/') || self.url.lowerAscii().contains('.' + self.region + '.') || self.url.lowerAscii().contains('//' + self.region + '.queue.') || (self.region == 'us-east-1' && self.url.lowerAscii().contains('//queue.amazonaws.com'))",
              "fieldPath": ".region",
              "message": "The region is not the one that the url names. Remove region, since it is derived from the url.",
              "messageExpression": "'The region ' + self.region + ' is not the one that ' + self.url + ' names. Remove region, since it is derived from the url.'"
            },
            {
              "rule": "!has(self.deadLetterUrl) || self.deadLetterUrl != self.url",
              "fieldPath": ".deadLetterUrl",
              "message": "The queue for dead letters is the queue itself. Name another, or remove deadLetterUrl."
            },
            {
              "rule": "!has(self.deadLetterUrl) || self.deadLetterUrl.endsWith('.fifo') == self.url.endsWith('.fifo')",
              "fieldPath": ".deadLetterUrl",
              "message": "One of the queue and its queue for dead letters is FIFO and the other is not. Name a queue of the same kind.",
              "messageExpression": "'One of ' + self.url + ' and ' + self.deadLetterUrl + ' is FIFO and the other is not. Name a queue of the same kind.'"
            }
          ],
          "properties": {
            "url": {
              "description": "The queue's URL, as SQS names it. A queue is FIFO exactly when its name ends in `.fifo`.",
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "x-kubernetes-validations": [
                {
                  "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                  "message": "The URL holds a user name or a password. Remove what stands before the \"@\", since SQS is called with the credentials of the environment."
                },
                {
                  "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches( r'^https?://[^/?#\\s]+(/[A-Za-z0-9._-]+)+/([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo)$') && !self.matches(r'^[^/]*//[^/?#]*:([7-9][0-9]{4}|6[6-9][0-9]{3}|65[6-9][0-9]{2}|655[4-9][0-9]|6553[6-9]|[0-9]{6,})([/?#]|$)'))",
                  "message": "The value is not the URL of a queue. Write it as SQS names it, like https://sqs.eu-west-1.amazonaws.com/123456789012/orders.",
                  "messageExpression": "'\"' + self + '\" is not the URL of a queue.' + ' Write it as SQS names it, like https://sqs.eu-west-1.amazonaws.com/123456789012/orders.'"
                }
              ]
            },
            "region": {
              "description": "The region that requests are signed for. Derived from the url where its host is one of AWS, required where it is not.",
              "type": "string",
              "minLength": 1,
              "maxLength": 63,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches(r'^[a-z0-9]+(-[a-z0-9]+)*$')",
                  "message": "The value is not the name of a region. Write it in lower case, like eu-west-1.",
                  "messageExpression": "'\"' + self + '\" is not the name of a region. Write it in lower case, like eu-west-1.'"
                }
              ]
            },
            "endpoint": {
              "description": "Where requests go when not to the host of the url: another SQS-compatible service, or a proxy.",
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "x-kubernetes-validations": [
                {
                  "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                  "message": "The endpoint holds a user name or a password. Remove what stands before the \"@\", since the service is called with the credentials of the environment."
                },
                {
                  "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches(r'^https?://[^/?#\\s]+(/[^?#\\s]*)?$') && !self.matches(r'^[^/]*//[^/?#]*:([7-9][0-9]{4}|6[6-9][0-9]{3}|65[6-9][0-9]{2}|655[4-9][0-9]|6553[6-9]|[0-9]{6,})([/?#]|$)'))",
                  "message": "The value is not an endpoint. Write scheme, host and port and no query, like http://localhost:9324.",
                  "messageExpression": "'\"' + self + '\" is not an endpoint.' + ' Write scheme, host and port and no query, like http://localhost:9324.'"
                }
              ]
            },
            "deadLetterUrl": {
              "description": "The queue that Courier itself moves messages to which cannot be delivered, body and attributes unchanged, with the evidence in one more attribute, `courier`. It is reached at the same endpoint, in the region that its host names or else that of the queue. The redrive policy of SQS works beside it, without evidence.",
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "x-kubernetes-validations": [
                {
                  "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                  "message": "The URL holds a user name or a password. Remove what stands before the \"@\", since SQS is called with the credentials of the environment."
                },
                {
                  "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches( r'^https?://[^/?#\\s]+(/[A-Za-z0-9._-]+)+/([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo)$') && !self.matches(r'^[^/]*//[^/?#]*:([7-9][0-9]{4}|6[6-9][0-9]{3}|65[6-9][0-9]{2}|655[4-9][0-9]|6553[6-9]|[0-9]{6,})([/?#]|$)'))",
                  "message": "The value is not the URL of a queue. Write it as SQS names it, like https://sqs.eu-west-1.amazonaws.com/123456789012/orders.",
                  "messageExpression": "'\"' + self + '\" is not the URL of a queue.' + ' Write it as SQS names it, like https://sqs.eu-west-1.amazonaws.com/123456789012/orders.'"
                }
              ]
            },
            "visibilityTimeoutSeconds": {
              "description": "How long a received message stays invisible to others: after a worker dies, its messages are delivered again this much later. Workers extend it by heartbeat, every third of it, for as long as they hold a message, so it need not cover the recipient's time. Below five seconds a single late heartbeat would cause duplicates.",
              "type": "integer",
              "format": "int32",
              "minimum": 5,
              "maximum": 43200,
              "default": 60
            },
            "waitTimeSeconds": {
              "description": "How long a receive waits for a message to arrive. Less costs more requests and delivers no sooner; 0 is a short poll, which may miss messages that are there.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 20,
              "default": 20
            }
          }
        },
        "recipient": {
          "description": "The HTTP server that messages are delivered to, one message a request or several.",
          "type": "object",
          "x-kubernetes-validations": [
            {
              "rule": "has(self.url) != has(self.serviceRef)",
              "reason": "FieldValueRequired",
              "fieldPath": ".url",
              "message": "The recipient has no place, or two. Write either url or serviceRef.",
              "messageExpression": "(has(self.url) ? 'The recipient has both url and serviceRef.' : 'The recipient has neither url nor serviceRef.') + ' Write either url or serviceRef.'"
            },
            {
              "rule": "!has(self.tls) || !has(self.url) || self.url.lowerAscii().startsWith('https://')",
              "fieldPath": ".tls",
              "message": "tls is for https, and the url is not of it. Write an https url, or remove tls."
            },
            {
              "rule": "!has(self.authentication) || !has(self.headers) || !self.headers.exists(h, h.name.lowerAscii() == 'authorization')",
              "fieldPath": ".headers",
              "message": "There is a header authorization, and authentication sets it as well. Remove one of the two."
            },
            {
              "rule": "!has(self.signing) || self.profile == 'StandardWebhooks'",
              "fieldPath": ".signing",
              "message": "signing is for the profile StandardWebhooks alone. Write profile StandardWebhooks, or remove signing.",
              "messageExpression": "'signing is for the profile StandardWebhooks, and the profile is ' + self.profile + '. Write profile StandardWebhooks, or remove signing.'"
            },
            {
              "rule": "has(self.signing) || self.profile != 'StandardWebhooks'",
              "reason": "FieldValueRequired",
              "fieldPath": ".signing",
              "message": "The profile StandardWebhooks signs each request, and there is nothing to sign with. Add signing.secretKeyRefs with at least one secret."
            },
            {
              "rule": "self.profile == 'CloudEvents' || (self.cloudEvents.mode == 'Binary' && self.cloudEvents.type == 'dev.courier.message' && !has(self.cloudEvents.source))",
              "fieldPath": ".cloudEvents",
              "message": "cloudEvents is for the profile CloudEvents alone. Write profile CloudEvents, or remove cloudEvents.",
              "messageExpression": "'cloudEvents is for the profile CloudEvents, and the profile is ' + self.profile + '. Write profile CloudEvents, or remove cloudEvents.'"
            },
            {
              "rule": "!has(self.headers) || !self.headers.exists(h, (self.profile == 'Sqsd' && h.name.lowerAscii().startsWith('x-aws-sqsd-')) || (self.profile == 'StandardWebhooks' && h.name.lowerAscii().startsWith('webhook-')) || (self.profile == 'CloudEvents' && h.name.lowerAscii().startsWith('ce-')))",
              "fieldPath": ".headers",
              "message": "One of the headers is one that the profile sets itself. Remove headers that begin with X-Aws-Sqsd-, webhook- or ce- where the profile is theirs.",
              "messageExpression": "'One of the headers is one that the profile ' + self.profile + ' sets itself.' + ' Remove headers that begin with X-Aws-Sqsd-, webhook- or ce- where the profile is theirs.'"
            },
            {
              "rule": "!has(self.batch) || self.profile != 'Sqsd'",
              "fieldPath": ".batch",
              "message": "The profile Sqsd sends one message a request, and has no batch. Remove batch, or write another profile."
            },
            {
              "rule": "!has(self.batch) || self.profile == 'Sqsd' || (self.profile == 'CloudEvents') == (self.batch.format == 'CloudEventsBatch')",
              "fieldPath": ".batch",
              "message": "The format of the batch is not one of the profile. Write format CloudEventsBatch with the profile CloudEvents and with no other.",
              "messageExpression": "'The format ' + self.batch.format + ' of the batch is not one of the profile ' + self.profile + '. Write format CloudEventsBatch with the profile CloudEvents and with no other.'"
            }
          ],
          "properties": {
            "url": {
              "description": "Where messages are sent. A 2xx answer accepts them; redirects are not followed.",
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "x-kubernetes-validations": [
                {
                  "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                  "message": "The URL holds a user name or a password. Remove what stands before the \"@\" and write authentication.basic."
                },
                {
                  "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches(r'^https?://[^/?#\\s]+([/?][^#\\s]*)?$') && !self.matches(r'^[^/]*//[^/?#]*:([7-9][0-9]{4}|6[6-9][0-9]{3}|65[6-9][0-9]{2}|655[4-9][0-9]|6553[6-9]|[0-9]{6,})([/?#]|$)'))",
                  "message": "The value is not an http or https URL without a fragment. Write scheme, host and path, like http://orders.shop.svc/events.",
                  "messageExpression": "'\"' + self + '\" is not an http or https URL without a fragment.' + ' Write scheme, host and path, like http://orders.shop.svc/events.'"
                }
              ]
            },
            "serviceRef": {
              "description": "Instead of url, a Service in the namespace of the Courier. It is spoken to over TLS where tls is written, be it empty. Not for one machine, where there are no Services.",
              "type": "object",
              "required": [
                "name",
                "port"
              ],
              "properties": {
                "name": {
                  "description": "The name of the Service.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 63,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches('^[a-z]([a-z0-9-]*[a-z0-9])?$')",
                      "message": "The value is not the name of a Service. Use a-z, 0-9 and \"-\" only, with a letter at the beginning and a letter or digit at the end.",
                      "messageExpression": "'\"' + self + '\" is not the name of a Service.' + ' Use a-z, 0-9 and \"-\" only, with a letter at the beginning and a letter or digit at the end.'"
                    }
                  ]
                },
                "port": {
                  "description": "The number of the Service's port.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 65535
                },
                "path": {
                  "description": "The path of each request, with its query.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 1024,
                  "default": "/",
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches(r'^/[^#\\s]*$')",
                      "message": "The value is not a path. Write one that begins with \"/\" and has no space and no \"#\".",
                      "messageExpression": "'\"' + self + '\" is not a path. Write one that begins with \"/\" and has no space and no \"#\".'"
                    }
                  ]
                }
              }
            },
            "method": {
              "description": "The method of each request.",
              "type": "string",
              "enum": [
                "POST",
                "PUT",
                "PATCH"
              ],
              "default": "POST"
            },
            "contentType": {
              "description": "The media type of the messages' bodies, and so the content-type of each request that carries one message.",
              "type": "string",
              "minLength": 1,
              "maxLength": 256,
              "default": "application/json",
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches(r'^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;[ -~]+)?$')",
                  "message": "The value is not a media type. Write type and subtype, like application/json.",
                  "messageExpression": "'\"' + self + '\" is not a media type. Write type and subtype, like application/json.'"
                }
              ]
            },
            "headers": {
              "description": "Headers of each request, besides those that Courier sets itself.",
              "type": "array",
              "maxItems": 32,
              "x-kubernetes-list-type": "map",
              "x-kubernetes-list-map-keys": [
                "name"
              ],
              "x-kubernetes-validations": [
                {
                  "rule": "self.all(h, self.exists_one(other, other.name.lowerAscii() == h.name.lowerAscii()))",
                  "message": "Two headers have names that differ only in case, which HTTP ignores. Keep one of them.",
                  "messageExpression": "'The header %s is there again in another case, which HTTP ignores. Keep one of them.'.format([ self.filter(h, !self.exists_one(other, other.name.lowerAscii() == h.name.lowerAscii()))[0].name])"
                }
              ],
              "items": {
                "description": "One header.",
                "type": "object",
                "required": [
                  "name"
                ],
                "x-kubernetes-validations": [
                  {
                    "rule": "has(self.value) != has(self.valueFrom)",
                    "message": "The header has no value, or two. Write either value or valueFrom.",
                    "messageExpression": "'The header ' + self.name + (has(self.value) ? ' has both value and valueFrom.' : ' has no value.') + ' Write either value or valueFrom.'"
                  }
                ],
                "properties": {
                  "name": {
                    "description": "The header's name; case does not matter.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 128,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches(r\"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$\")",
                        "message": "The value is not the name of a header. Use letters, digits and \"-\" only, without the colon.",
                        "messageExpression": "'\"' + self + '\" is not the name of a header.' + ' Use letters, digits and \"-\" only, without the colon.'"
                      },
                      {
                        "rule": "!self.lowerAscii().startsWith('courier-') && !(self.lowerAscii() in ['connection', 'content-length', 'content-type', 'expect', 'host', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'traceparent', 'tracestate', 'transfer-encoding', 'upgrade'])",
                        "message": "Courier or HTTP sets this header itself. Remove it; the content type is set by recipient.contentType.",
                        "messageExpression": "'The header ' + self + ' is one that Courier or HTTP sets itself.' + ' Remove it; the content type is set by recipient.contentType.'"
                      }
                    ]
                  },
                  "value": {
                    "description": "The header's value, the same for every message. Anyone who may read the Courier can read it.",
                    "type": "string",
                    "format": "password",
                    "maxLength": 4096,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches(r'^[\\t -~]*$')",
                        "message": "The header's value holds a line break or a character that is not ASCII. Remove it, since HTTP does not carry it."
                      }
                    ]
                  },
                  "valueFrom": {
                    "description": "Where the value comes from when it is a secret. A change of it restarts no worker.",
                    "type": "object",
                    "required": [
                      "secretKeyRef"
                    ],
                    "properties": {
                      "secretKeyRef": {
                        "description": "A key of a Secret in the namespace of the Courier. A line break at the end of its value is left out.",
                        "type": "object",
                        "required": [
                          "name",
                          "key"
                        ],
                        "properties": {
                          "name": {
                            "description": "The name of the Secret.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                                "message": "The value is not the name of a Secret. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                                "messageExpression": "'\"' + self + '\" is not the name of a Secret.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                              }
                            ]
                          },
                          "key": {
                            "description": "The key in the Secret.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[A-Za-z0-9._-]+$') && !self.startsWith('..') && self != '.'",
                                "message": "The value is not a key of a Secret. Use letters, digits, \"-\", \"_\" and \".\" only, not two dots at the beginning.",
                                "messageExpression": "'\"' + self + '\" is not a key of a Secret.' + ' Use letters, digits, \"-\", \"_\" and \".\" only, not two dots at the beginning.'"
                              }
                            ]
                          }
                        }
                      }
                    }
                  }
                }
              }
            },
            "batch": {
              "description": "Several messages a request; one message a request without it. On a FIFO queue a batch holds messages of one group, in their order.",
              "type": "object",
              "required": [
                "maxMessages"
              ],
              "properties": {
                "maxMessages": {
                  "description": "The most messages of a request.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 1000
                },
                "maxBytes": {
                  "description": "The most bytes of a request's body. A message that is larger by itself goes alone.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1024,
                  "maximum": 16777216,
                  "default": 1048576
                },
                "maxAgeMilliseconds": {
                  "description": "How long a message waits for others, from its receipt.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 0,
                  "maximum": 300000,
                  "default": 200
                },
                "format": {
                  "description": "What a body looks like: a JSON array, JSON a line, or the batch of CloudEvents. An element of the first two holds the message's body as a string in body, and its facts beside it.",
                  "type": "string",
                  "enum": [
                    "JSONArray",
                    "NDJSON",
                    "CloudEventsBatch"
                  ],
                  "default": "JSONArray"
                },
                "partialFailures": {
                  "description": "Whether the answer says which messages were not accepted, as functions of AWS Lambda do: {\"batchItemFailures\":[{\"itemIdentifier\":\"<message id>\"}]}. An answer of 2xx that is nothing, or an object without that list, accepts them all; one that cannot be read accepts none.",
                  "type": "boolean",
                  "default": false
                }
              }
            },
            "authentication": {
              "description": "How requests are authenticated, exactly one of bearer, basic and oauth2.",
              "type": "object",
              "x-kubernetes-validations": [
                {
                  "rule": "[has(self.bearer), has(self.basic), has(self.oauth2)].exists_one(way, way)",
                  "message": "authentication names no way or several. Keep exactly one of bearer, basic and oauth2."
                }
              ],
              "properties": {
                "bearer": {
                  "description": "A token that is sent as it is.",
                  "type": "object",
                  "required": [
                    "secretKeyRef"
                  ],
                  "properties": {
                    "secretKeyRef": {
                      "description": "The key of a Secret with the token.",
                      "type": "object",
                      "required": [
                        "name",
                        "key"
                      ],
                      "properties": {
                        "name": {
                          "description": "The name of the Secret.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 253,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                              "message": "The value is not the name of a Secret. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                              "messageExpression": "'\"' + self + '\" is not the name of a Secret.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                            }
                          ]
                        },
                        "key": {
                          "description": "The key in the Secret.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 253,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^[A-Za-z0-9._-]+$') && !self.startsWith('..') && self != '.'",
                              "message": "The value is not a key of a Secret. Use letters, digits, \"-\", \"_\" and \".\" only, not two dots at the beginning.",
                              "messageExpression": "'\"' + self + '\" is not a key of a Secret.' + ' Use letters, digits, \"-\", \"_\" and \".\" only, not two dots at the beginning.'"
                            }
                          ]
                        }
                      }
                    }
                  }
                },
                "basic": {
                  "description": "A user name and a password.",
                  "type": "object",
                  "required": [
                    "secretRef"
                  ],
                  "properties": {
                    "secretRef": {
                      "description": "A Secret with the keys username and password, as those of the type kubernetes.io/basic-auth.",
                      "type": "object",
                      "required": [
                        "name"
                      ],
                      "properties": {
                        "name": {
                          "description": "The name of the Secret.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 253,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                              "message": "The value is not the name of a Secret. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                              "messageExpression": "'\"' + self + '\" is not the name of a Secret.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                            }
                          ]
                        }
                      }
                    }
                  }
                },
                "oauth2": {
                  "description": "A token by the client credentials grant. It is asked for when it is needed, and again before it expires.",
                  "type": "object",
                  "required": [
                    "tokenUrl",
                    "clientSecretRef"
                  ],
                  "properties": {
                    "tokenUrl": {
                      "description": "The token endpoint.",
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 2048,
                      "x-kubernetes-validations": [
                        {
                          "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                          "message": "The URL holds a user name or a password. Remove what stands before the \"@\", since the client is the one of clientSecretRef."
                        },
                        {
                          "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches(r'^https?://[^/?#\\s]+([/?][^#\\s]*)?$') && !self.matches(r'^[^/]*//[^/?#]*:([7-9][0-9]{4}|6[6-9][0-9]{3}|65[6-9][0-9]{2}|655[4-9][0-9]|6553[6-9]|[0-9]{6,})([/?#]|$)'))",
                          "message": "The value is not an http or https URL without a fragment. Write scheme, host and path, like https://login.example.com/oauth2/token.",
                          "messageExpression": "'\"' + self + '\" is not an http or https URL without a fragment.' + ' Write scheme, host and path, like https://login.example.com/oauth2/token.'"
                        }
                      ]
                    },
                    "clientSecretRef": {
                      "description": "A Secret with the keys client_id and client_secret.",
                      "type": "object",
                      "required": [
                        "name"
                      ],
                      "properties": {
                        "name": {
                          "description": "The name of the Secret.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 253,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                              "message": "The value is not the name of a Secret. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                              "messageExpression": "'\"' + self + '\" is not the name of a Secret.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                            }
                          ]
                        }
                      }
                    },
                    "scopes": {
                      "description": "What the token is to be for.",
                      "type": "array",
                      "maxItems": 32,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "description": "One scope.",
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 256,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.matches(r'^[!#-\\[\\]-~]+$')",
                            "message": "The value is not a scope. Write visible ASCII without spaces, quotes and backslashes.",
                            "messageExpression": "'\"' + self + '\" is not a scope. Write visible ASCII without spaces, quotes and backslashes.'"
                          }
                        ]
                      }
                    },
                    "audience": {
                      "description": "Whom the token is to be for, sent as the parameter audience: the identifier of an API at Auth0, for example. Nothing is sent when it is absent.",
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 2048
                    },
                    "clientAuthentication": {
                      "description": "How the client shows its secret to the token endpoint. Basic is client_secret_basic of RFC 6749, which every endpoint that has passwords must take; Post is client_secret_post, the secret in the form, for those that take nothing else.",
                      "type": "string",
                      "enum": [
                        "Basic",
                        "Post"
                      ],
                      "default": "Basic"
                    }
                  }
                }
              }
            },
            "tls": {
              "description": "How the recipient is known, and how Courier makes itself known to it. Only with https.",
              "type": "object",
              "properties": {
                "caSecretRef": {
                  "description": "The key of a Secret with the authorities that are trusted for the recipient, in PEM, instead of the usual ones; and besides the usual ones for the token endpoint of oauth2.",
                  "type": "object",
                  "required": [
                    "name",
                    "key"
                  ],
                  "properties": {
                    "name": {
                      "description": "The name of the Secret.",
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 253,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                          "message": "The value is not the name of a Secret. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                          "messageExpression": "'\"' + self + '\" is not the name of a Secret.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                        }
                      ]
                    },
                    "key": {
                      "description": "The key in the Secret.",
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 253,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^[A-Za-z0-9._-]+$') && !self.startsWith('..') && self != '.'",
                          "message": "The value is not a key of a Secret. Use letters, digits, \"-\", \"_\" and \".\" only, not two dots at the beginning.",
                          "messageExpression": "'\"' + self + '\" is not a key of a Secret.' + ' Use letters, digits, \"-\", \"_\" and \".\" only, not two dots at the beginning.'"
                        }
                      ]
                    }
                  }
                },
                "clientCertificateSecretRef": {
                  "description": "A Secret with tls.crt and tls.key, as those of the type kubernetes.io/tls, that Courier shows to the recipient.",
                  "type": "object",
                  "required": [
                    "name"
                  ],
                  "properties": {
                    "name": {
                      "description": "The name of the Secret.",
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 253,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                          "message": "The value is not the name of a Secret. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                          "messageExpression": "'\"' + self + '\" is not the name of a Secret.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                        }
                      ]
                    }
                  }
                },
                "serverName": {
                  "description": "The name that the certificate of the recipient must be for, when it is not the host of the url.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 253,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches('^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$')",
                      "message": "The value is not the name of a host. Write a DNS name, like orders.example.com.",
                      "messageExpression": "'\"' + self + '\" is not the name of a host. Write a DNS name, like orders.example.com.'"
                    }
                  ]
                }
              }
            },
            "profile": {
              "description": "The shape of a request. Plain is the body with courier-* headers. Sqsd is what AWS Elastic Beanstalk's daemon sends. StandardWebhooks is Plain, signed. CloudEvents makes each message an event of CloudEvents 1.0.",
              "type": "string",
              "enum": [
                "Plain",
                "Sqsd",
                "StandardWebhooks",
                "CloudEvents"
              ],
              "default": "Plain"
            },
            "cloudEvents": {
              "description": "What the events are like in the profile CloudEvents.",
              "type": "object",
              "default": {
                "mode": "Binary",
                "type": "dev.courier.message"
              },
              "properties": {
                "mode": {
                  "description": "Whether the body of a request is the message's, with the event's attributes in headers, or the whole event in JSON.",
                  "type": "string",
                  "enum": [
                    "Binary",
                    "Structured"
                  ],
                  "default": "Binary"
                },
                "type": {
                  "description": "The events' type.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 256,
                  "default": "dev.courier.message"
                },
                "source": {
                  "description": "The events' source, a URI reference; the queue's URL when absent.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 2048,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches(r'^[!-~]+$')",
                      "message": "The value is not a URI reference. Write one without spaces, like /shop/orders.",
                      "messageExpression": "'\"' + self + '\" is not a URI reference. Write one without spaces, like /shop/orders.'"
                    }
                  ]
                }
              }
            },
            "signing": {
              "description": "The secrets that requests are signed with in the profile StandardWebhooks.",
              "type": "object",
              "required": [
                "secretKeyRefs"
              ],
              "properties": {
                "secretKeyRefs": {
                  "description": "Keys of Secrets in the namespace of the Courier, each with whsec_ and 24 to 64 bytes in base64. There is a signature for each: while the recipient goes over to another secret, name both.",
                  "type": "array",
                  "maxItems": 4,
                  "x-kubernetes-list-type": "atomic",
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.size() > 0",
                      "message": "The list names no secret. Add a Secret's name and a key in it."
                    }
                  ],
                  "items": {
                    "description": "One secret.",
                    "type": "object",
                    "required": [
                      "name",
                      "key"
                    ],
                    "properties": {
                      "name": {
                        "description": "The name of the Secret.",
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 253,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                            "message": "The value is not the name of a Secret. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                            "messageExpression": "'\"' + self + '\" is not the name of a Secret.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                          }
                        ]
                      },
                      "key": {
                        "description": "The key in the Secret.",
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 253,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.matches('^[A-Za-z0-9._-]+$') && !self.startsWith('..') && self != '.'",
                            "message": "The value is not a key of a Secret. Use letters, digits, \"-\", \"_\" and \".\" only, not two dots at the beginning.",
                            "messageExpression": "'\"' + self + '\" is not a key of a Secret.' + ' Use letters, digits, \"-\", \"_\" and \".\" only, not two dots at the beginning.'"
                          }
                        ]
                      }
                    }
                  }
                }
              }
            },
            "timeoutSeconds": {
              "description": "How long the recipient may take, from the first byte sent to the last byte of its answer. Then the attempt has failed and the message is retried, although the recipient may have accepted it.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 3600,
              "default": 30
            },
            "connectTimeoutSeconds": {
              "description": "How long a connection may take, TLS included, before the request's own time begins.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 300,
              "default": 5
            },
            "concurrency": {
              "description": "How many requests run at a time.",
              "type": "object",
              "default": {},
              "properties": {
                "maxPerReplica": {
                  "description": "The most requests that one worker has open at a time.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 1024,
                  "default": 64
                },
                "adaptive": {
                  "description": "Find out how many requests the recipient bears: more as long as it answers as fast as before, fewer when it becomes slower or refuses, never more than maxPerReplica. False: always maxPerReplica.",
                  "type": "boolean",
                  "default": true
                }
              }
            },
            "rateLimit": {
              "description": "The most messages that all workers together send in a time, every attempt counted; no limit when absent. What exceeds it stays in the queue. Workers hold shares of it that are renewed every few seconds; on their own they take so little that the limit holds with maxReplicas of them. Changing it restarts none.",
              "type": "object",
              "required": [
                "messages"
              ],
              "properties": {
                "messages": {
                  "description": "How many messages may be sent in perSeconds.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 1000000
                },
                "perSeconds": {
                  "description": "The time that messages is counted in. The messages are spread over it evenly.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 86400,
                  "default": 1
                },
                "burst": {
                  "description": "How many messages may be sent at once after a quiet time; those of one second when absent. In any window at most these and what perSeconds allows are sent.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 1000000
                }
              }
            }
          }
        },
        "delivery": {
          "description": "What an answer of the recipient means, and what happens to a message that it did not accept.",
          "type": "object",
          "default": {},
          "properties": {
            "rules": {
              "description": "What answers and errors mean, before the defaults do: the first rule that matches decides. A rule matches an answer by its status, by a header, or by both, and an attempt without an answer by its error.",
              "type": "array",
              "maxItems": 32,
              "x-kubernetes-list-type": "atomic",
              "items": {
                "description": "What some answers or errors mean.",
                "type": "object",
                "required": [
                  "action"
                ],
                "x-kubernetes-validations": [
                  {
                    "rule": "has(self.header) || (has(self.statuses) && self.statuses.size() > 0) || (has(self.errors) && self.errors.size() > 0)",
                    "reason": "FieldValueRequired",
                    "message": "The rule has no condition. Add statuses, errors or a header for it to match."
                  },
                  {
                    "rule": "!has(self.errors) || !has(self.header)",
                    "fieldPath": ".header",
                    "message": "The rule looks for errors and for a header, and an attempt that ended in an error has no headers. Write a rule of its own for the header."
                  },
                  {
                    "rule": "!has(self.errors) || self.action != 'Acknowledge'",
                    "fieldPath": ".action",
                    "message": "The rule acknowledges messages for which no answer has come, which may lose them. Choose another action for errors."
                  },
                  {
                    "rule": "!has(self.delaySeconds) || self.action == 'Retry'",
                    "fieldPath": ".delaySeconds",
                    "message": "delaySeconds is for the action Retry alone. Remove it or choose the action Retry.",
                    "messageExpression": "'delaySeconds is for the action Retry alone, and the action is ' + self.action + '. Remove it or choose the action Retry.'"
                  }
                ],
                "properties": {
                  "statuses": {
                    "description": "Statuses of answers, \"404\", classes of them, \"4xx\", or ranges, \"500-504\".",
                    "type": "array",
                    "maxItems": 32,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "description": "A status, a class or a range.",
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 16,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^[2-5]([0-9][0-9]|xx|[0-9][0-9]-[2-5][0-9][0-9])$')",
                          "message": "The value is no status from 200 to 599. Write a status, \"404\", a class, \"4xx\", or a range, \"500-504\".",
                          "messageExpression": "'\"' + self + '\" is no status from 200 to 599.' + ' Write a status, \"404\", a class, \"4xx\", or a range, \"500-504\".'"
                        },
                        {
                          "rule": "!self.matches('^[0-9]{3}-[0-9]{3}$') || self.substring(0, 3) <= self.substring(4, 7)",
                          "message": "The range ends before it begins. Write the lower status first.",
                          "messageExpression": "'The range ' + self + ' ends before it begins. Write the lower status first.'"
                        }
                      ]
                    }
                  },
                  "errors": {
                    "description": "Ends of attempts without a complete answer. UnknownHost: the recipient's host has no address. ConnectTimeout: no connection within connectTimeoutSeconds. ConnectFailed: the connection was refused or could not be made. Tls: TLS could not be agreed on. Timeout: no complete answer within timeoutSeconds. Reset: the connection broke before the answer was complete. Protocol: what came back was not HTTP. Authentication: there was no token to send with it, or one that has to be replaced. ItemFailure: the answer to a batch names the message. InvalidAnswer: the answer to a batch cannot be read.",
                    "type": "array",
                    "maxItems": 16,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "description": "A kind of error.",
                      "type": "string",
                      "enum": [
                        "UnknownHost",
                        "ConnectTimeout",
                        "ConnectFailed",
                        "Tls",
                        "Timeout",
                        "Reset",
                        "Protocol",
                        "Authentication",
                        "ItemFailure",
                        "InvalidAnswer"
                      ]
                    }
                  },
                  "header": {
                    "description": "A header that the answer must have: a recipient says with it what is to become of one message.",
                    "type": "object",
                    "required": [
                      "name"
                    ],
                    "properties": {
                      "name": {
                        "description": "The header's name; case does not matter.",
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 128,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.matches(r\"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$\")",
                            "message": "The value is not the name of a header. Use letters, digits and \"-\" only, without the colon.",
                            "messageExpression": "'\"' + self + '\" is not the name of a header.' + ' Use letters, digits and \"-\" only, without the colon.'"
                          }
                        ]
                      },
                      "value": {
                        "description": "The whole value that it must have, in this case; any value when absent.",
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 1024
                      }
                    }
                  },
                  "action": {
                    "description": "Acknowledge: the message counts as accepted, is audited and deleted. Retry: it is tried again. DeadLetter: it is moved to queue.deadLetterUrl. Pause: it goes back to the queue, and nothing more is received until the spec changes.",
                    "type": "string",
                    "enum": [
                      "Acknowledge",
                      "Retry",
                      "DeadLetter",
                      "Pause"
                    ]
                  },
                  "delaySeconds": {
                    "description": "The wait before the next attempt, instead of the back-off; Retry-After still wins where it asks for more.",
                    "type": "integer",
                    "format": "int32",
                    "minimum": 1,
                    "maximum": 43200
                  }
                }
              }
            },
            "pauseOnGone": {
              "description": "A recipient that answers 410 (Gone) wants no more messages, so nothing more is received until the spec changes. False: a 410 is an answer like other 4xx.",
              "type": "boolean",
              "default": true
            },
            "maxAttempts": {
              "description": "After this many attempts of one worker a message is moved to queue.deadLetterUrl. 0: no limit but the redrive policy of the queue. Retries that wait longer than a worker holds messages may reach another worker, which begins to count anew.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 10000,
              "default": 0
            },
            "maxMessageAgeSeconds": {
              "description": "A message that was sent longer ago than this is not attempted any more, but moved to queue.deadLetterUrl. 0: no limit.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 1209600,
              "default": 0
            },
            "backoff": {
              "description": "How long to wait before the next attempt: a random part of a limit that starts at initialMilliseconds and doubles with each failure up to maxSeconds. A recipient's Retry-After comes first.",
              "type": "object",
              "default": {
                "initialMilliseconds": 500,
                "maxSeconds": 900
              },
              "x-kubernetes-validations": [
                {
                  "rule": "self.initialMilliseconds <= self.maxSeconds * 1000",
                  "fieldPath": ".initialMilliseconds",
                  "message": "initialMilliseconds is above maxSeconds. Lower initialMilliseconds or raise maxSeconds.",
                  "messageExpression": "'initialMilliseconds %d is above maxSeconds %d. Lower initialMilliseconds or raise maxSeconds.' .format([self.initialMilliseconds, self.maxSeconds])"
                }
              ],
              "properties": {
                "initialMilliseconds": {
                  "description": "The limit of the wait after the first failure.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 3600000,
                  "default": 500
                },
                "maxSeconds": {
                  "description": "The limit that no wait exceeds, Retry-After apart. SQS holds a message back for twelve hours at most.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 43200,
                  "default": 900
                }
              }
            }
          }
        },
        "audit": {
          "description": "Where accepted deliveries are recorded, before the message is deleted from the queue: exactly one of firehose, file and none.",
          "type": "object",
          "x-kubernetes-validations": [
            {
              "rule": "[has(self.firehose), has(self.file), has(self.none)].exists_one(sink, sink)",
              "reason": "FieldValueInvalid",
              "message": "audit names no sink or several. Keep exactly one of firehose, file and none; to audit nothing, write none with empty braces, \"none: {}\".",
              "messageExpression": "'audit names %s. Keep exactly one of firehose, file and none; to audit nothing, write none with empty braces, \"none: {}\".' .format([has(self.firehose) ? (has(self.file) ? (has(self.none) ? 'firehose, file and none' : 'firehose and file') : 'firehose and none') : (has(self.file) ? 'file and none' : 'no sink')])"
            }
          ],
          "properties": {
            "firehose": {
              "description": "A stream of Amazon Data Firehose; a record is durable once Firehose returned its id.",
              "type": "object",
              "required": [
                "deliveryStreamName"
              ],
              "properties": {
                "deliveryStreamName": {
                  "description": "The name of the delivery stream, in the account of the workers' credentials.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 64,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches(r'^[A-Za-z0-9_.-]+$')",
                      "message": "The value is not the name of a delivery stream. Use letters, digits, \"_\", \".\" and \"-\", not its ARN.",
                      "messageExpression": "'\"' + self + '\" is not the name of a delivery stream. Use letters, digits, \"_\", \".\" and \"-\", not its ARN.'"
                    }
                  ]
                },
                "region": {
                  "description": "The stream's region; that of the queue when absent.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 63,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches(r'^[a-z0-9]+(-[a-z0-9]+)*$')",
                      "message": "The value is not the name of a region. Write it in lower case, like eu-west-1.",
                      "messageExpression": "'\"' + self + '\" is not the name of a region. Write it in lower case, like eu-west-1.'"
                    }
                  ]
                },
                "endpoint": {
                  "description": "Where requests go when not to AWS, another Firehose-compatible service or a proxy.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 2048,
                  "x-kubernetes-validations": [
                    {
                      "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                      "message": "The endpoint holds a user name or a password. Remove what stands before the \"@\", since the service is called with the credentials of the environment."
                    },
                    {
                      "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches(r'^https?://[^/?#\\s]+(/[^?#\\s]*)?$') && !self.matches(r'^[^/]*//[^/?#]*:([7-9][0-9]{4}|6[6-9][0-9]{3}|65[6-9][0-9]{2}|655[4-9][0-9]|6553[6-9]|[0-9]{6,})([/?#]|$)'))",
                      "message": "The value is not an endpoint. Write scheme, host and port and no query, like http://localhost:4573.",
                      "messageExpression": "'\"' + self + '\" is not an endpoint.' + ' Write scheme, host and port and no query, like http://localhost:4573.'"
                    }
                  ]
                }
              }
            },
            "file": {
              "description": "Files of one JSON record a line, in a directory for each worker; a record is durable once the file was synchronised to disk.",
              "type": "object",
              "required": [
                "directory"
              ],
              "x-kubernetes-validations": [
                {
                  "rule": "!has(self.volume) || self.directory.matches('^(/+[^/:]+)+/*$')",
                  "fieldPath": ".directory",
                  "message": "The directory cannot be where a volume is mounted. Write an absolute path below \"/\" and without \":\", like /var/lib/courier/audit.",
                  "messageExpression": "'\"' + self.directory + '\" cannot be where a volume is mounted. Write an absolute path below \"/\"' + ' and without \":\", like /var/lib/courier/audit.'"
                }
              ],
              "properties": {
                "directory": {
                  "description": "Where each worker makes its own directory. A relative path starts where the worker was started; with a volume the path must be absolute.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 1024
                },
                "maxSegmentBytes": {
                  "description": "The size above which a worker goes on in a new file.",
                  "type": "integer",
                  "format": "int64",
                  "minimum": 65536,
                  "maximum": 1073741824,
                  "default": 67108864
                },
                "volume": {
                  "description": "What is mounted at the directory. In a cluster there must be a volume, since the records would otherwise die with their pod; on one machine it is not looked at.",
                  "type": "object",
                  "required": [
                    "persistentVolumeClaim"
                  ],
                  "properties": {
                    "persistentVolumeClaim": {
                      "description": "A claim in the namespace of the Courier. All workers write to it, each into its own directory, so with more than one node it must be ReadWriteMany.",
                      "type": "object",
                      "required": [
                        "claimName"
                      ],
                      "properties": {
                        "claimName": {
                          "description": "The name of the claim.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 253,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                              "message": "The value is not the name of a PersistentVolumeClaim. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                              "messageExpression": "'\"' + self + '\" is not the name of a PersistentVolumeClaim.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                            }
                          ]
                        }
                      }
                    }
                  }
                }
              }
            },
            "none": {
              "description": "No audit; a message is deleted as soon as the recipient accepted it.",
              "type": "object"
            },
            "policy": {
              "description": "Required: no message is deleted before its record is durable; while the sink is away, nothing more is received. BestEffort: messages do not wait for their records, which are lost with the worker that has not yet written them, and when too many wait for the sink.",
              "type": "string",
              "enum": [
                "Required",
                "BestEffort"
              ],
              "default": "Required"
            },
            "body": {
              "description": "What a record says of the message's body: the body itself, its SHA-256 digest, or nothing.",
              "type": "string",
              "enum": [
                "Full",
                "Digest",
                "None"
              ],
              "default": "Full"
            },
            "oversize": {
              "description": "What becomes of a body that does not fit a record of the sink (Firehose, about 1,000,000 bytes): its digest instead, as much of it as fits, marked as truncated, or all of it in several records, numbered.",
              "type": "string",
              "enum": [
                "Digest",
                "Truncate",
                "Split"
              ],
              "default": "Digest"
            }
          }
        },
        "scaling": {
          "description": "How many workers there are. Changing it restarts none.",
          "type": "object",
          "default": {
            "minReplicas": 0,
            "maxReplicas": 10
          },
          "x-kubernetes-validations": [
            {
              "rule": "self.minReplicas <= self.maxReplicas",
              "fieldPath": ".minReplicas",
              "message": "minReplicas is above maxReplicas. Lower minReplicas or raise maxReplicas.",
              "messageExpression": "'minReplicas %d is above maxReplicas %d. Lower minReplicas or raise maxReplicas.' .format([self.minReplicas, self.maxReplicas])"
            }
          ],
          "properties": {
            "minReplicas": {
              "description": "The fewest workers at a time; with 0, an idle queue costs nothing.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 1000,
              "default": 0
            },
            "maxReplicas": {
              "description": "The most workers at a time.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 1000,
              "default": 10
            },
            "drainTargetSeconds": {
              "description": "The promise: there are as many workers as it takes for the backlog to be gone within this time.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 86400,
              "default": 60
            },
            "targetMessagesPerReplica": {
              "description": "Messages of the backlog for each worker, until the rate of a worker has been measured.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 1000000,
              "default": 500
            },
            "idleAfterSeconds": {
              "description": "How long there must have been no message before the workers leave, down to minReplicas.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 86400,
              "default": 300
            },
            "maxScaleOutStep": {
              "description": "The most workers that are added at once; 0 for as many as are needed.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 1000,
              "default": 0
            },
            "drainTimeoutSeconds": {
              "description": "How long a worker that is to leave may finish what it holds before it is told to stop. It receives nothing more in that time, and leaves sooner when it holds nothing.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 43200,
              "default": 120
            }
          }
        },
        "aws": {
          "description": "As whom AWS is called. Without anything here, with the identity of the pod: what EKS Pod Identity, IRSA or the node gives it.",
          "type": "object",
          "x-kubernetes-validations": [
            {
              "rule": "!has(self.externalId) || has(self.roleArn)",
              "reason": "FieldValueRequired",
              "fieldPath": ".roleArn",
              "message": "externalId is part of assuming a role, and no role is named. Add roleArn or remove externalId."
            }
          ],
          "properties": {
            "roleArn": {
              "description": "A role that is assumed for every call, for example in the account of the queue. The identity of the pod, or the one in the Secret, must be allowed to assume it.",
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches(r'^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[!-~]+$')",
                  "message": "The value is not the ARN of an IAM role. Write it like arn:aws:iam::123456789012:role/orders.",
                  "messageExpression": "'\"' + self + '\" is not the ARN of an IAM role.' + ' Write it like arn:aws:iam::123456789012:role/orders.'"
                }
              ]
            },
            "externalId": {
              "description": "What the role's trust policy asks for besides the identity, where it asks for something.",
              "type": "string",
              "minLength": 1,
              "maxLength": 1224,
              "x-kubernetes-validations": [
                {
                  "rule": "self.size() >= 2 && self.matches(r'^[A-Za-z0-9_+=,.@:/-]+$')",
                  "message": "The value is not an external id. Use at least two letters, digits and characters of \"_+=,.@:/-\".",
                  "messageExpression": "'\"' + self + '\" is not an external id.' + ' Use at least two letters, digits and characters of \"_+=,.@:/-\".'"
                }
              ]
            },
            "credentialsSecretRef": {
              "description": "A Secret in the namespace of the Courier with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary credentials, AWS_SESSION_TOKEN. Replaced ones are in use without a restart. On one machine the credentials of the environment are used instead.",
              "type": "object",
              "required": [
                "name"
              ],
              "properties": {
                "name": {
                  "description": "The name of the Secret.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 253,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                      "message": "The value is not the name of a Secret. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                      "messageExpression": "'\"' + self + '\" is not the name of a Secret.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                    }
                  ]
                }
              }
            }
          }
        },
        "worker": {
          "description": "How each worker runs. On one machine only logLevel and maxHeldBytes are looked at.",
          "type": "object",
          "default": {},
          "x-kubernetes-validations": [
            {
              "rule": "!has(self.serviceAccountName) || !has(self.serviceAccountAnnotations)",
              "fieldPath": ".serviceAccountAnnotations",
              "message": "serviceAccountAnnotations are for the ServiceAccount that Courier makes, and serviceAccountName names another. Remove one of the two."
            }
          ],
          "properties": {
            "logLevel": {
              "description": "The least severe log lines that are written.",
              "type": "string",
              "enum": [
                "trace",
                "debug",
                "info",
                "warn",
                "error"
              ],
              "default": "info"
            },
            "maxHeldBytes": {
              "description": "The most bytes of messages that a worker holds: received, being sent, and not yet audited or deleted. A body counts three times, as text, as what is sent and as what is audited. No more is received while they are used up. A worker needs about 150 MB and three times these bytes of memory.",
              "type": "integer",
              "format": "int64",
              "minimum": 1048576,
              "maximum": 17179869184,
              "default": 67108864
            },
            "image": {
              "description": "The image that workers run; the operator's own when absent.",
              "type": "string",
              "minLength": 1,
              "maxLength": 1024,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches(r'^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$')",
                  "message": "The value is not the name of an image. Write it like registry.example.com/courier:1.2.3.",
                  "messageExpression": "'\"' + self + '\" is not the name of an image. Write it like registry.example.com/courier:1.2.3.'"
                }
              ]
            },
            "serviceAccountName": {
              "description": "The ServiceAccount that workers run as; one made for this Courier when absent.",
              "type": "string",
              "minLength": 1,
              "maxLength": 253,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                  "message": "The value is not the name of a ServiceAccount. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                  "messageExpression": "'\"' + self + '\" is not the name of a ServiceAccount.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                }
              ]
            },
            "serviceAccountAnnotations": {
              "description": "Annotations of the ServiceAccount that Courier makes, for example eks.amazonaws.com/role-arn.",
              "type": "object",
              "maxProperties": 32,
              "additionalProperties": {
                "description": "The value of an annotation.",
                "type": "string",
                "maxLength": 2048
              }
            },
            "resources": {
              "description": "What a worker's container asks of its node. Absent, it requests a tenth of a CPU and 128Mi of memory and may use 512Mi; given, nothing of that is added to it.",
              "type": "object",
              "properties": {
                "requests": {
                  "description": "What is set aside for each worker, by the name of the resource.",
                  "type": "object",
                  "maxProperties": 8,
                  "additionalProperties": {
                    "description": "A quantity.",
                    "maxLength": 64,
                    "x-kubernetes-int-or-string": true,
                    "x-kubernetes-validations": [
                      {
                        "rule": "type(self) == int ? self >= 0 : (isQuantity(self) && !self.startsWith('-'))",
                        "message": "The value is not a quantity. Write it like 500m or 256Mi.",
                        "messageExpression": "'\"%s\" is not a quantity. Write it like 500m or 256Mi.'.format([string(self)])"
                      }
                    ]
                  }
                },
                "limits": {
                  "description": "What each worker may use at most, by the name of the resource.",
                  "type": "object",
                  "maxProperties": 8,
                  "additionalProperties": {
                    "description": "A quantity.",
                    "maxLength": 64,
                    "x-kubernetes-int-or-string": true,
                    "x-kubernetes-validations": [
                      {
                        "rule": "type(self) == int ? self >= 0 : (isQuantity(self) && !self.startsWith('-'))",
                        "message": "The value is not a quantity. Write it like 500m or 256Mi.",
                        "messageExpression": "'\"%s\" is not a quantity. Write it like 500m or 256Mi.'.format([string(self)])"
                      }
                    ]
                  }
                }
              }
            },
            "env": {
              "description": "Environment variables of the worker's container besides those that Courier sets, for example NODE_EXTRA_CA_CERTS or AWS_ENDPOINT_URL_STS. Proxies of the environment (HTTPS_PROXY) are not used.",
              "type": "array",
              "maxItems": 64,
              "x-kubernetes-list-type": "map",
              "x-kubernetes-list-map-keys": [
                "name"
              ],
              "items": {
                "description": "One variable, with a value or a source of it.",
                "type": "object",
                "required": [
                  "name"
                ],
                "x-kubernetes-validations": [
                  {
                    "rule": "has(self.value) != has(self.valueFrom)",
                    "message": "The variable has neither a value nor a source of it, or both. Keep exactly one of value and valueFrom.",
                    "messageExpression": "'The variable ' + self.name + ' has ' + (has(self.value) ? 'both a value and a' : 'neither a value nor a') + ' source of it. Keep exactly one of value and valueFrom.'"
                  }
                ],
                "properties": {
                  "name": {
                    "description": "The variable's name.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 256,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",
                        "message": "The value is not the name of a variable. Use letters, digits and \"_\" only, and no digit at the beginning.",
                        "messageExpression": "'\"' + self + '\" is not the name of a variable.' + ' Use letters, digits and \"_\" only, and no digit at the beginning.'"
                      },
                      {
                        "rule": "!self.startsWith('COURIER_') && self != 'POD_IP'",
                        "message": "Courier sets this variable itself. Remove it.",
                        "messageExpression": "'The variable ' + self + ' is one that Courier sets itself. Remove it.'"
                      }
                    ]
                  },
                  "value": {
                    "description": "The value. Anyone who may read the Courier can read it; keep secrets in a Secret and name that.",
                    "type": "string",
                    "format": "password",
                    "maxLength": 8192
                  },
                  "valueFrom": {
                    "description": "Where the value is, in the namespace of the Courier.",
                    "type": "object",
                    "x-kubernetes-validations": [
                      {
                        "rule": "has(self.secretKeyRef) != has(self.configMapKeyRef)",
                        "message": "valueFrom names no source or several. Keep exactly one of secretKeyRef and configMapKeyRef."
                      }
                    ],
                    "properties": {
                      "secretKeyRef": {
                        "description": "A key of a Secret.",
                        "type": "object",
                        "required": [
                          "name",
                          "key"
                        ],
                        "properties": {
                          "name": {
                            "description": "The name of the Secret.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                                "message": "The value is not the name of a Secret. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                                "messageExpression": "'\"' + self + '\" is not the name of a Secret.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                              }
                            ]
                          },
                          "key": {
                            "description": "The key whose value it is.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[A-Za-z0-9._-]+$')",
                                "message": "The value is not a key. Use letters, digits, \"_\", \".\" and \"-\" only.",
                                "messageExpression": "'\"' + self + '\" is not a key. Use letters, digits, \"_\", \".\" and \"-\" only.'"
                              }
                            ]
                          },
                          "optional": {
                            "description": "True: the variable is left out when there is no such key. False: the worker then cannot start.",
                            "type": "boolean",
                            "default": false
                          }
                        }
                      },
                      "configMapKeyRef": {
                        "description": "A key of a ConfigMap.",
                        "type": "object",
                        "required": [
                          "name",
                          "key"
                        ],
                        "properties": {
                          "name": {
                            "description": "The name of the ConfigMap.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                                "message": "The value is not the name of a ConfigMap. Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.",
                                "messageExpression": "'\"' + self + '\" is not the name of a ConfigMap.' + ' Use a-z, 0-9, \"-\" and \".\" only, with a letter or digit at both ends.'"
                              }
                            ]
                          },
                          "key": {
                            "description": "The key whose value it is.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[A-Za-z0-9._-]+$')",
                                "message": "The value is not a key. Use letters, digits, \"_\", \".\" and \"-\" only.",
                                "messageExpression": "'\"' + self + '\" is not a key. Use letters, digits, \"_\", \".\" and \"-\" only.'"
                              }
                            ]
                          },
                          "optional": {
                            "description": "True: the variable is left out when there is no such key. False: the worker then cannot start.",
                            "type": "boolean",
                            "default": false
                          }
                        }
                      }
                    }
                  }
                }
              }
            },
            "nodeSelector": {
              "description": "Labels of the nodes that workers may run on.",
              "type": "object",
              "maxProperties": 32,
              "additionalProperties": {
                "description": "The value of a label.",
                "type": "string",
                "maxLength": 63,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$')",
                    "message": "The value cannot be that of a label. Use letters, digits, \"_\", \".\" and \"-\" only, with a letter or digit at both ends.",
                    "messageExpression": "'\"' + self + '\" cannot be the value of a label.' + ' Use letters, digits, \"_\", \".\" and \"-\" only, with a letter or digit at both ends.'"
                  }
                ]
              }
            },
            "tolerations": {
              "description": "Taints of nodes that workers may run on nevertheless.",
              "type": "array",
              "maxItems": 32,
              "x-kubernetes-list-type": "atomic",
              "items": {
                "description": "One toleration, as in a pod.",
                "type": "object",
                "x-kubernetes-validations": [
                  {
                    "rule": "has(self.key) || self.operator == 'Exists'",
                    "reason": "FieldValueRequired",
                    "fieldPath": ".key",
                    "message": "The toleration has no key, and so tolerates no taint. Add a key, or write operator Exists to tolerate every taint."
                  },
                  {
                    "rule": "self.operator != 'Exists' || !has(self.value)",
                    "fieldPath": ".value",
                    "message": "The toleration has a value, and its operator Exists looks at none. Remove value, or write operator Equal."
                  },
                  {
                    "rule": "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
                    "fieldPath": ".tolerationSeconds",
                    "message": "tolerationSeconds is for the effect NoExecute alone. Remove tolerationSeconds, or write effect NoExecute."
                  }
                ],
                "properties": {
                  "key": {
                    "description": "The taint's key; every taint's when absent.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 317
                  },
                  "operator": {
                    "description": "Whether the taint must have the value as well, or only exist.",
                    "type": "string",
                    "enum": [
                      "Equal",
                      "Exists"
                    ],
                    "default": "Equal"
                  },
                  "value": {
                    "description": "The taint's value.",
                    "type": "string",
                    "maxLength": 63
                  },
                  "effect": {
                    "description": "The taint's effect; every effect when absent.",
                    "type": "string",
                    "enum": [
                      "NoSchedule",
                      "PreferNoSchedule",
                      "NoExecute"
                    ]
                  },
                  "tolerationSeconds": {
                    "description": "How long a worker may stay on a node that gets the taint; for ever when absent.",
                    "type": "integer",
                    "format": "int64",
                    "minimum": 0,
                    "maximum": 2147483647
                  }
                }
              }
            },
            "podLabels": {
              "description": "Labels of the workers' pods besides Courier's own.",
              "type": "object",
              "maxProperties": 32,
              "x-kubernetes-validations": [
                {
                  "rule": "self.all(name, !name.startsWith('courier.dev/') && !(name in ['app.kubernetes.io/name', 'app.kubernetes.io/component', 'app.kubernetes.io/managed-by']))",
                  "message": "One of the labels is Courier's own. Remove app.kubernetes.io/name, app.kubernetes.io/component, app.kubernetes.io/managed-by and all of courier.dev."
                }
              ],
              "additionalProperties": {
                "description": "The value of a label.",
                "type": "string",
                "maxLength": 63,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$')",
                    "message": "The value cannot be that of a label. Use letters, digits, \"_\", \".\" and \"-\" only, with a letter or digit at both ends.",
                    "messageExpression": "'\"' + self + '\" cannot be the value of a label.' + ' Use letters, digits, \"_\", \".\" and \"-\" only, with a letter or digit at both ends.'"
                  }
                ]
              }
            },
            "podAnnotations": {
              "description": "Annotations of the workers' pods besides Courier's own.",
              "type": "object",
              "maxProperties": 32,
              "x-kubernetes-validations": [
                {
                  "rule": "self.all(name, !name.startsWith('courier.dev/'))",
                  "message": "One of the annotations is Courier's own. Remove all of courier.dev."
                }
              ],
              "additionalProperties": {
                "description": "The value of an annotation.",
                "type": "string",
                "maxLength": 8192
              }
            },
            "podTemplate": {
              "description": "The way out for everything that has no field of its own: a pod template that is merged over the one that Courier makes, last. Containers, ports and the like are merged by name, environment variables and volumes are replaced by name, null removes a field, and other lists are replaced. The worker's container is called worker. What Courier finds its pods by cannot be changed.",
              "type": "object",
              "properties": {
                "metadata": {
                  "description": "Labels and annotations of the pods.",
                  "type": "object",
                  "x-kubernetes-preserve-unknown-fields": true
                },
                "spec": {
                  "description": "Any part of a pod's spec.",
                  "type": "object",
                  "x-kubernetes-preserve-unknown-fields": true
                }
              }
            }
          }
        }
      }
    },
    "status": {
      "description": "What was seen of it. Written by Courier, never by people.",
      "type": "object",
      "default": {
        "observedGeneration": -1
      },
      "properties": {
        "observedGeneration": {
          "description": "The generation of the spec that this status speaks of; -1 before the first look.",
          "type": "integer",
          "format": "int64",
          "minimum": -1
        },
        "replicas": {
          "description": "The workers that exist, ready or not.",
          "type": "integer",
          "format": "int32",
          "minimum": 0
        },
        "readyReplicas": {
          "description": "The workers that have seen the queue and deliver.",
          "type": "integer",
          "format": "int32",
          "minimum": 0
        },
        "desiredReplicas": {
          "description": "The workers that there should be.",
          "type": "integer",
          "format": "int32",
          "minimum": 0
        },
        "backlog": {
          "description": "How many messages the queue holds, approximately, as SQS says. Looked at every few seconds, and written when it has changed, at most twice a minute.",
          "type": "object",
          "required": [
            "visible",
            "inFlight",
            "delayed",
            "observedTime"
          ],
          "properties": {
            "visible": {
              "description": "Messages that can be received now.",
              "type": "integer",
              "format": "int64",
              "minimum": 0
            },
            "inFlight": {
              "description": "Messages that were received and not yet deleted.",
              "type": "integer",
              "format": "int64",
              "minimum": 0
            },
            "delayed": {
              "description": "Messages that were sent with a delay that has not passed.",
              "type": "integer",
              "format": "int64",
              "minimum": 0
            },
            "observedTime": {
              "description": "When the queue was first seen to hold these numbers.",
              "type": "string",
              "format": "date-time",
              "maxLength": 64
            }
          }
        },
        "scaling": {
          "description": "Why there are as many workers as there are.",
          "type": "object",
          "properties": {
            "limitedBy": {
              "description": "What would have to change for messages to be delivered faster.",
              "type": "string",
              "enum": [
                "None",
                "Backlog",
                "WorkerConcurrency",
                "Recipient",
                "RateLimit",
                "Audit",
                "Source",
                "MaxReplicas"
              ]
            },
            "reason": {
              "description": "The rule that fixed the number of workers, in one word.",
              "type": "string",
              "maxLength": 64
            },
            "explanation": {
              "description": "The number of workers and what fixed it, in a sentence.",
              "type": "string",
              "maxLength": 1024
            },
            "arrivalRate": {
              "description": "Messages that arrive a second, where that is known.",
              "type": "string",
              "maxLength": 32
            },
            "replicaRate": {
              "description": "Messages that a busy worker delivers a second, as last measured.",
              "type": "string",
              "maxLength": 32
            },
            "estimatedDrainSeconds": {
              "description": "How long the backlog takes at that rate with the workers that there should be.",
              "type": "integer",
              "format": "int64",
              "minimum": 0
            },
            "lastScaleTime": {
              "description": "When the number of workers last changed.",
              "type": "string",
              "format": "date-time",
              "maxLength": 64
            },
            "decisions": {
              "description": "The last decisions that changed the number of workers or what limits it, the newest first. courier explain prints them.",
              "type": "array",
              "maxItems": 10,
              "x-kubernetes-list-type": "atomic",
              "items": {
                "description": "A decision that changed something.",
                "type": "object",
                "required": [
                  "time",
                  "from",
                  "to",
                  "reason",
                  "limitedBy",
                  "explanation"
                ],
                "properties": {
                  "time": {
                    "description": "When it was decided.",
                    "type": "string",
                    "format": "date-time",
                    "maxLength": 64
                  },
                  "from": {
                    "description": "How many workers there should have been before.",
                    "type": "integer",
                    "format": "int32",
                    "minimum": 0
                  },
                  "to": {
                    "description": "How many there should be since.",
                    "type": "integer",
                    "format": "int32",
                    "minimum": 0
                  },
                  "reason": {
                    "description": "The rule that fixed the number, in one word.",
                    "type": "string",
                    "maxLength": 64
                  },
                  "limitedBy": {
                    "description": "What would have had to change for messages to be delivered faster.",
                    "type": "string",
                    "maxLength": 64
                  },
                  "explanation": {
                    "description": "The number and what fixed it, in a sentence.",
                    "type": "string",
                    "maxLength": 1024
                  },
                  "inputs": {
                    "description": "The figures that it was made of, by their names.",
                    "type": "object",
                    "maxProperties": 32,
                    "additionalProperties": {
                      "description": "A figure.",
                      "type": "string",
                      "maxLength": 64
                    }
                  }
                }
              }
            },
            "inputs": {
              "description": "The figures of the decision in force, by their names.",
              "type": "object",
              "maxProperties": 32,
              "additionalProperties": {
                "description": "A figure.",
                "type": "string",
                "maxLength": 64
              }
            },
            "draining": {
              "description": "How many workers finish what they hold before they are removed.",
              "type": "integer",
              "format": "int32",
              "minimum": 0
            }
          }
        },
        "conditions": {
          "description": "Ready says whether messages are delivered as the spec says. Reconciling and Stalled are there only while they are true. The others say what each part is like.",
          "type": "array",
          "maxItems": 16,
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": [
            "type"
          ],
          "items": {
            "description": "What is known of one aspect.",
            "type": "object",
            "required": [
              "type",
              "status",
              "reason",
              "message",
              "lastTransitionTime"
            ],
            "properties": {
              "type": {
                "description": "The aspect.",
                "type": "string",
                "minLength": 1,
                "maxLength": 316
              },
              "status": {
                "description": "Whether it is so; Unknown when that cannot be said.",
                "type": "string",
                "enum": [
                  "True",
                  "False",
                  "Unknown"
                ]
              },
              "reason": {
                "description": "Why, in one word.",
                "type": "string",
                "minLength": 1,
                "maxLength": 1024
              },
              "message": {
                "description": "Why, in a sentence for people, with the value seen and the remedy.",
                "type": "string",
                "maxLength": 32768
              },
              "lastTransitionTime": {
                "description": "When the status last changed.",
                "type": "string",
                "format": "date-time",
                "maxLength": 64
              },
              "observedGeneration": {
                "description": "The generation of the spec that this was found for.",
                "type": "integer",
                "format": "int64",
                "minimum": 0
              }
            }
          }
        }
      }
    }
  }
};

/** The whole CustomResourceDefinition, as it is applied to a cluster. */
export const courierCrd = {
  "apiVersion": "apiextensions.k8s.io/v1",
  "kind": "CustomResourceDefinition",
  "metadata": {
    "name": "couriers.courier.dev"
  },
  "spec": {
    "group": "courier.dev",
    "scope": "Namespaced",
    "names": {
      "kind": "Courier",
      "listKind": "CourierList",
      "plural": "couriers",
      "singular": "courier",
      "shortNames": [
        "cour"
      ],
      "categories": [
        "courier"
      ]
    },
    "versions": [
      {
        "name": "v1alpha1",
        "served": true,
        "storage": true,
        "subresources": {
          "status": {}
        },
        "additionalPrinterColumns": [
          {
            "name": "Ready",
            "type": "string",
            "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status",
            "description": "Whether messages are delivered as the spec says."
          },
          {
            "name": "Reason",
            "type": "string",
            "jsonPath": ".status.conditions[?(@.type==\"Ready\")].reason",
            "description": "Why it is ready or not, in one word."
          },
          {
            "name": "Replicas",
            "type": "integer",
            "jsonPath": ".status.replicas",
            "description": "The workers that exist."
          },
          {
            "name": "Desired",
            "type": "integer",
            "jsonPath": ".status.desiredReplicas",
            "description": "The workers that there should be."
          },
          {
            "name": "Backlog",
            "type": "integer",
            "jsonPath": ".status.backlog.visible",
            "description": "Messages that wait in the queue."
          },
          {
            "name": "Limited By",
            "type": "string",
            "jsonPath": ".status.scaling.limitedBy",
            "description": "What would have to change for messages to be delivered faster."
          },
          {
            "name": "Accepting",
            "type": "string",
            "jsonPath": ".status.conditions[?(@.type==\"RecipientHealthy\")].status",
            "description": "Whether the recipient accepts nearly all that it is sent."
          },
          {
            "name": "Auditing",
            "type": "string",
            "jsonPath": ".status.conditions[?(@.type==\"AuditHealthy\")].status",
            "description": "Whether the audit takes the records of what is delivered."
          },
          {
            "name": "Age",
            "type": "date",
            "jsonPath": ".metadata.creationTimestamp"
          },
          {
            "name": "Queue",
            "type": "string",
            "jsonPath": ".spec.queue.url",
            "description": "The queue whose messages are delivered.",
            "priority": 1
          },
          {
            "name": "Recipient",
            "type": "string",
            "jsonPath": ".spec.recipient.url",
            "description": "Where they are delivered to.",
            "priority": 1
          },
          {
            "name": "Message",
            "type": "string",
            "jsonPath": ".status.conditions[?(@.type==\"Ready\")].message",
            "description": "Why it is ready or not, and what to do.",
            "priority": 1
          }
        ],
        "selectableFields": [
          {
            "jsonPath": ".spec.queue.url"
          },
          {
            "jsonPath": ".spec.recipient.url"
          },
          {
            "jsonPath": ".spec.suspend"
          }
        ],
        "schema": {
          "openAPIV3Schema": courierSchema
        }
      }
    ]
  }
};
