#include "deployment/compose_file.hpp"

#include <catch2/catch_test_macros.hpp>

#include "deployment/compose_values.hpp"
#include "deployment/containers.hpp"

using namespace outlive::harness;

namespace {

ComposeFile read(std::string_view text, const Variables& variables = {}) {
  ComposeFile compose;
  ReadingMistakes mistakes;
  read_compose_file(text, "compose.yaml", variables, compose, mistakes);
  CHECK(to_string(mistakes.all()).empty());
  return compose;
}

std::string mistake(std::string_view text) {
  ComposeFile compose;
  ReadingMistakes mistakes;
  read_compose_file(text, "compose.yaml", {}, compose, mistakes);
  return to_string(mistakes.all());
}

DeployedServer server(std::string_view words) {
  ComposeFile compose =
      read("services:\n  valkey:\n    image: valkey/valkey:8\n" + std::string{words});
  ReadingMistakes mistakes;
  DeployedServer made = server_of(compose.services.at(0), mistakes);
  CHECK(to_string(mistakes.all()).empty());
  return made;
}

}  // namespace

TEST_CASE("a service has image, command, variables, ports and mounts") {
  const ComposeFile compose = read(
      "services:\n"
      "  valkey:\n"
      "    image: valkey/valkey:8\n"
      "    container_name: db\n"
      "    command: valkey-server --maxmemory 1gb --save \"\"\n"
      "    ports: [\"127.0.0.1:6380:6379\"]\n"
      "    volumes: [\"data:/data\", ./valkey.conf:/etc/valkey.conf:ro]\n"
      "    mem_limit: 2g\n"
      "  gateway:\n"
      "    image: tensorzero/gateway\n"
      "    environment:\n"
      "      - TENSORZERO_VALKEY_URL=redis://valkey:6379\n");
  REQUIRE(compose.services.size() == 2);
  const ComposeService& valkey = compose.services[0];
  CHECK(valkey.hosts == std::vector<std::string>{"valkey", "db"});
  CHECK(valkey.command ==
        std::vector<std::string>{"valkey-server", "--maxmemory", "1gb", "--save", ""});
  CHECK(valkey.command_origin.line == 5);
  REQUIRE(valkey.published.size() == 1);
  CHECK(valkey.published[0].address == "127.0.0.1");
  CHECK(valkey.published[0].host_port == 6380);
  CHECK(valkey.memory_limit->value == std::uint64_t{2} << 30);
  CHECK(file_behind(valkey, "/etc/valkey.conf") == "valkey.conf");
  CHECK(file_behind(valkey, "/etc/other.conf").empty());
  const Said<std::string>& url = compose.services[1].environment.at("TENSORZERO_VALKEY_URL");
  CHECK(url.value == "redis://valkey:6379");
  CHECK(to_string(url.origin) == "compose.yaml:12");
}

TEST_CASE("long forms, anchors and merged keys are read, too") {
  const ComposeFile compose = read(
      "x-defaults: &defaults\n"
      "  image: valkey/valkey:8\n"
      "  deploy: { resources: { limits: { memory: 512M } } }\n"
      "services:\n"
      "  one:\n"
      "    <<: *defaults\n"
      "    ports: [{ target: 6379, published: \"7000\", host_ip: 10.0.0.1 }]\n"
      "    volumes: [{ type: bind, source: ./conf, target: /conf }]\n"
      "    networks: { back: { aliases: [cache] } }\n"
      "  two:\n"
      "    <<: [*defaults]\n"
      "    image: redis:7\n");
  CHECK(compose.services[0].image == "valkey/valkey:8");
  CHECK(compose.services[0].memory_limit->value == std::uint64_t{512} << 20);
  CHECK(compose.services[0].published.at(0).address == "10.0.0.1");
  CHECK(compose.services[0].published.at(0).host_port == 7000);
  CHECK(compose.services[0].hosts.back() == "cache");
  CHECK(file_behind(compose.services[0], "/conf/valkey.conf") == "conf/valkey.conf");
  CHECK(compose.services[1].image == "redis:7");
}

TEST_CASE("a mapping that is merged into itself ends") {
  const ComposeFile compose =
      read("services:\n  a: &a\n    <<: *a\n    image: redis:7\n  b:\n    <<: [*a, *a]\n");
  CHECK(compose.services.at(1).image == "redis:7");
}

TEST_CASE("mappings that are merged into one another many times over end soon") {
  std::string text = "x0: &x0 { image: redis:7 }\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*x" + std::to_string(i - 1);
    text += "x" + std::to_string(i) + ": &x" + std::to_string(i) + " { <<: [" + before + ", " +
            before + ", " + before + "] }\n";
  }
  CHECK(read(text + "services:\n  a:\n    <<: *x39\n").services.at(0).image == "redis:7");
}

TEST_CASE("variables come from the .env, and those that do not are told of") {
  const Variables variables{{"TAG", {"8.1", {}}}};
  const ComposeFile compose =
      read("services:\n  valkey:\n    image: valkey/valkey:${TAG}\n    mem_limit: ${MEMORY}\n",
           variables);
  CHECK(compose.services[0].image == "valkey/valkey:8.1");
  CHECK_FALSE(compose.services[0].memory_limit);
  REQUIRE(compose.services[0].unclear.size() == 1);
  CHECK(compose.services[0].unclear[0].starts_with("compose.yaml:4: ${MEMORY} is not set"));
}

TEST_CASE("a second file is laid over the first") {
  ComposeFile compose =
      read("services:\n  valkey:\n    image: redis:7\n    command: [redis-server]\n");
  ReadingMistakes mistakes;
  read_compose_file("services:\n  valkey:\n    image: valkey/valkey:8\n", "over.yaml", {}, compose,
                    mistakes);
  REQUIRE(compose.services.size() == 1);
  CHECK(compose.services[0].image == "valkey/valkey:8");
  CHECK(compose.services[0].command.size() == 1);
}

TEST_CASE("a container's server has the directives of its command") {
  CHECK(server("    command: --maxmemory 1gb\n").maxmemory() == std::uint64_t{1} << 30);
  CHECK(server("    command: [\"valkey-server\", \"--maxmemory\", \"1gb\"]\n").maxmemory() ==
        std::uint64_t{1} << 30);
  CHECK(server("    command: sh -c 'exec valkey-server --maxmemory 1gb && true'\n").maxmemory() ==
        std::uint64_t{1} << 30);
  const DeployedServer with_secret = server(
      "    environment: { MEMORY: 1gb }\n"
      "    command: sh -c 'valkey-server --maxmemory $$MEMORY --requirepass $$SECRET'\n");
  CHECK(with_secret.maxmemory() == std::uint64_t{1} << 30);
  CHECK(with_secret.directives.value("requirepass") == "${SECRET}");
  CHECK(server("    environment: { VALKEY_EXTRA_FLAGS: --maxmemory 1gb }\n").maxmemory() ==
        std::uint64_t{1} << 30);
  CHECK(server("").maxmemory() == 0U);
  CHECK(server("").policy() == "noeviction");
  CHECK_FALSE(server("    command: /start.sh\n").directives.known);
}

TEST_CASE("data outlives a container on a named volume or a folder of the machine") {
  CHECK(server("    volumes: [\"data:/data\"]\n").keeps_data == true);
  CHECK(server("    volumes: [\"./data:/data\"]\n").keeps_data == true);
  CHECK(server("    command: --dir /var/lib/valkey\n    volumes: [\"d:/var/lib\"]\n").keeps_data ==
        true);
  CHECK(server("").keeps_data == false);
  CHECK(server("    volumes: [\"/data\"]\n").keeps_data == false);
  CHECK(server("    tmpfs: /data\n").keeps_data == false);
  CHECK(server("    command: --dir /other\n    volumes: [\"data:/data\"]\n").keeps_data == false);
}

TEST_CASE("images are known by name, whatever the registry") {
  CHECK(parse_image("registry.example/valkey/valkey:8.1-alpine@sha256:00").repository ==
        "valkey/valkey");
  CHECK(parse_image("registry.example/valkey/valkey:8.1-alpine").version() == std::vector{8, 1});
  CHECK(parse_image("localhost:5000/redis").repository == "redis");
  CHECK(parse_image("redis:alpine").version().empty());
}

TEST_CASE("short forms of ports, mounts and sizes") {
  CHECK(parse_published_port("6379")->host_port == 0);
  CHECK(parse_published_port("6380:6379/tcp")->host_port == 6380);
  CHECK(parse_published_port("[::1]:6380:6379")->address == "::1");
  CHECK(parse_published_port("7000-7005:6379-6384")->host_port == 7000);
  CHECK_FALSE(parse_published_port("many"));
  CHECK(parse_mount("/data").source.empty());
  CHECK(parse_mount("./a:/b:ro").is_file);
  CHECK_FALSE(parse_mount("a:/b").is_file);
  CHECK(parse_compose_bytes("1gb") == std::uint64_t{1} << 30);
  CHECK(parse_compose_bytes("1.5G") == std::uint64_t{3} << 29);
  CHECK(parse_compose_bytes("64MiB") == std::uint64_t{64} << 20);
  CHECK(parse_compose_bytes("100") == 100U);
  CHECK_FALSE(parse_compose_bytes("many"));
  CHECK_FALSE(parse_compose_bytes("1x"));
}

TEST_CASE("a compose file that can't be read is told of with its place") {
  CHECK(mistake("services:\n  a: [\n").starts_with("compose.yaml:"));
  CHECK(mistake("services:\n\ta: 1\n").find("never by tabs") != std::string::npos);
  CHECK(mistake("version: 3\n") ==
        "compose.yaml: no compose file: there is no mapping `services:`");
  CHECK(mistake("") == "compose.yaml: no compose file: there is no mapping `services:`");
  CHECK(mistake("services:\n  a: b\n") ==
        "compose.yaml:2: the service \"a\" is no mapping of words");
  CHECK(mistake("services:\n  a:\n    ports: [\"x:y\"]\n")
            .starts_with("compose.yaml:3: no port; write it as in"));
  CHECK(mistake("services:\n  a:\n    mem_limit: big\n") ==
        "compose.yaml:3: \"big\" is no memory limit; write it as in 512m");
  CHECK(mistake("services:\n  a:\n    image: \"${X\"\n").find("$$") != std::string::npos);
  CHECK(mistake("services:\n  a:\n    environment: x\n").find("NAME: value") != std::string::npos);
  CHECK(mistake("services:\n  a:\n    command: \"x 'y\"\n").find("open quote") !=
        std::string::npos);
  CHECK(mistake("services:\n  a:\n    env_file: none.env\n").find("none.env") != std::string::npos);
  CHECK(mistake("services:\n  a:\n    image: [x]\n").find("single value") != std::string::npos);
}
