# Wadjet in one image: the bundle, the packages it leaves outside, and Node 24. NATS is another container.

FROM node:24-bookworm-slim AS bundle
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts
COPY actors ./actors
COPY contracts ./contracts
COPY infra ./infra
COPY projections ./projections
RUN node infra/bundle/ensure.js

# Optional packages are the bundler's native parts and a second Node, which this image has already.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    WADJET_DATA=/data \
    WADJET_HTTP=0.0.0.0:7411
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=packages /app/node_modules ./node_modules
COPY --from=bundle /app/dist ./dist
COPY package.json LICENSE* wadjet ./
COPY infra/containers/healthy.sh ./
USER node
VOLUME /data
EXPOSE 7411
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["/app/healthy.sh"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/wadjet"]
CMD ["run"]
