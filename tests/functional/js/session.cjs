// Calls of the AWS SDK for JavaScript on request, for tests/functional/aws_clients.py: each line in is a call
// as JSON, each line out what came of it. SPOTVANE_NODE_PACKAGES is the folder with the SDK's node_modules.
"use strict";

const { createRequire } = require("node:module");
const readline = require("node:readline");

const load = createRequire(`${process.env.SPOTVANE_NODE_PACKAGES}/`);

const SERVICES = {
  ec2: { package: "@aws-sdk/client-ec2", client: "EC2Client", failure: "EC2ServiceException" },
  pricing: { package: "@aws-sdk/client-pricing", client: "PricingClient", failure: "PricingServiceException" },
  sts: { package: "@aws-sdk/client-sts", client: "STSClient", failure: "STSServiceException" },
};

async function answer({ service, operation, input, options, pageSize }) {
  const names = SERVICES[service];
  const sdk = load(names.package);
  const client = new sdk[names.client](options);
  try {
    if (pageSize === undefined) {
      const { $metadata, ...page } = await client.send(new sdk[`${operation}Command`](input));
      return { pages: [page], attempts: $metadata.attempts };
    }
    const pages = [];
    for await (const { $metadata, ...page } of sdk[`paginate${operation}`]({ client, pageSize }, input)) {
      pages.push(page);
    }
    return { pages };
  } catch (failure) {
    return {
      error: {
        code: failure.name,
        message: failure.message,
        type: failure.constructor.name,
        is_of_the_service: failure instanceof sdk[names.failure],
        status: failure.$metadata?.httpStatusCode,
        request_id: failure.$metadata?.requestId,
        attempts: failure.$metadata?.attempts,
      },
    };
  } finally {
    client.destroy();
  }
}

// JSON has no times.
const revive = (name, value) => (name.endsWith("Time") ? new Date(value) : value);

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line, revive)))}\n`);
});
