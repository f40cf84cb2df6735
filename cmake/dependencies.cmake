# The libraries outlive stands on. A room says what it needs, and links the targets:
#
#   outlive_need(asio openssl)          asio::asio, OpenSSL::SSL
#
#   asio      asio::asio                 json      nlohmann_json::nlohmann_json
#   cli11     CLI11::CLI11               lua       lua::lua (built as C++), lua::cjson, lua::bit
#   hiredis   hiredis::hiredis (TLS too) openssl   OpenSSL::SSL
#   spdlog    spdlog::within             toml      tomlplusplus::tomlplusplus
#   catch2    Catch2::Catch2WithMain     yaml      yaml-cpp::yaml-cpp
#
# What is missing or too old ends the configuration with what to do about it. The installed package
# includes this file too, so that a user of the static libraries finds the same ones.

set(OUTLIVE_SETUP_HINT "On Debian 12 or 13, tools/setup installs everything that outlive needs.")

function(outlive_lacks WHAT DEBIAN_PACKAGES)
  message(FATAL_ERROR "outlive needs ${WHAT} (Debian: ${DEBIAN_PACKAGES}).\n${OUTLIVE_SETUP_HINT}")
endfunction()

# A package that brings its own CMake configuration.
function(outlive_need_package PACKAGE VERSION TARGET DEBIAN_PACKAGES)
  if(TARGET ${TARGET})
    return()
  endif()
  find_package(${PACKAGE} ${VERSION} QUIET GLOBAL)
  if(NOT TARGET ${TARGET})
    outlive_lacks("${PACKAGE} ${VERSION} or newer" "${DEBIAN_PACKAGES}")
  endif()
endfunction()

# A library known to pkg-config: makes TARGET of the modules listed after the Debian packages.
function(outlive_need_module TARGET WHAT DEBIAN_PACKAGES)
  if(TARGET ${TARGET})
    return()
  endif()
  find_package(PkgConfig QUIET)
  if(NOT PkgConfig_FOUND)
    outlive_lacks("pkg-config" "pkg-config")
  endif()
  string(MAKE_C_IDENTIFIER "outlive_${TARGET}" prefix)
  pkg_check_modules(${prefix} QUIET IMPORTED_TARGET GLOBAL ${ARGN})
  if(NOT ${prefix}_FOUND)
    outlive_lacks("${WHAT}" "${DEBIAN_PACKAGES}")
  endif()
  add_library(${TARGET} ALIAS PkgConfig::${prefix})
endfunction()

function(outlive_need_asio)
  if(TARGET asio::asio)
    return()
  endif()
  find_package(Threads REQUIRED)
  find_path(ASIO_INCLUDE_DIR asio.hpp)
  set(version 0)
  if(ASIO_INCLUDE_DIR)
    file(STRINGS ${ASIO_INCLUDE_DIR}/asio/version.hpp line REGEX "define ASIO_VERSION [0-9]+")
    string(REGEX MATCH "[0-9]+" version "${line}")
  endif()
  if(version LESS 102200)  # 1.22: co_await and as_tuple as outlive uses them
    outlive_lacks("Asio 1.22 or newer, without Boost" "libasio-dev")
  endif()
  add_library(asio::asio INTERFACE IMPORTED GLOBAL)
  target_include_directories(asio::asio INTERFACE ${ASIO_INCLUDE_DIR})
  target_compile_definitions(asio::asio INTERFACE ASIO_STANDALONE)
  target_link_libraries(asio::asio INTERFACE Threads::Threads)
endfunction()

function(outlive_need_hiredis)
  # Where Debian has none that is new enough, tools/setup builds one here.
  set(cache $ENV{XDG_CACHE_HOME})
  if(NOT cache)
    set(cache $ENV{HOME}/.cache)
  endif()
  set(found_before $ENV{PKG_CONFIG_PATH})
  set(ENV{PKG_CONFIG_PATH} "${found_before}:${cache}/outlive/hiredis/lib/pkgconfig")
  outlive_need_module(hiredis::hiredis "hiredis 1.1 or newer with TLS"
    "libhiredis-dev; too old on Debian 12, where tools/setup builds one"
    hiredis_ssl>=1.1 hiredis>=1.1 libssl libcrypto)
  set(ENV{PKG_CONFIG_PATH} "${found_before}")
endfunction()

# The static archives, so that a program carries the one Lua that was meant. A shared library can't take
# them in (they are not position-independent) and links the shared ones instead. The bindings' headers
# want extern "C" around them.
function(outlive_need_lua)
  if(TARGET lua::lua)
    return()
  endif()
  find_path(LUA51_INCLUDE_DIR lua-cjson.h PATH_SUFFIXES lua5.1)
  foreach(part lua=c++ cjson=cjson bit=bitop)
    string(REPLACE "=" ";" part ${part})
    list(POP_FRONT part name library)
    find_library(LUA51_${name}_ARCHIVE liblua5.1-${library}.a)
    find_library(LUA51_${name}_SHARED liblua5.1-${library}.so)
    if(NOT LUA51_INCLUDE_DIR OR NOT LUA51_${name}_ARCHIVE OR NOT LUA51_${name}_SHARED)
      outlive_lacks("Lua 5.1 built as C++, lua-cjson and LuaBitOp"
        "liblua5.1-0-dev lua-cjson-dev lua-bitop-dev")
    endif()
    add_library(lua::${name} INTERFACE IMPORTED GLOBAL)
    set(in_shared $<STREQUAL:$<TARGET_PROPERTY:TYPE>,SHARED_LIBRARY>)
    set_target_properties(lua::${name} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${LUA51_INCLUDE_DIR}
      INTERFACE_LINK_LIBRARIES "$<IF:${in_shared},${LUA51_${name}_SHARED},${LUA51_${name}_ARCHIVE}>")
  endforeach()
  target_link_libraries(lua::lua INTERFACE ${CMAKE_DL_LIBS} m)
  target_link_libraries(lua::cjson INTERFACE lua::lua)
  target_link_libraries(lua::bit INTERFACE lua::lua)
endfunction()

# Its headers, and those of the fmt that it stands on, compiled into what includes them: Debian has neither as
# a static library, and a program needs neither to run.
function(outlive_need_spdlog)
  if(TARGET spdlog::within)
    return()
  endif()
  outlive_need_package(spdlog 1.10 spdlog::spdlog_header_only "libspdlog-dev libfmt-dev")
  add_library(spdlog::within INTERFACE IMPORTED GLOBAL)
  foreach(property COMPILE_DEFINITIONS INCLUDE_DIRECTORIES LINK_LIBRARIES)
    get_target_property(value spdlog::spdlog_header_only INTERFACE_${property})
    if(value)
      string(REGEX REPLACE "fmt::fmt(;|$)" "fmt::fmt-header-only\\1" value "${value}")
      set_target_properties(spdlog::within PROPERTIES INTERFACE_${property} "${value}")
    endif()
  endforeach()
endfunction()

# Before 0.8 (Debian 12 has 0.7) the target had no namespace.
function(outlive_need_yaml)
  if(TARGET yaml-cpp::yaml-cpp)
    return()
  endif()
  find_package(yaml-cpp 0.7 QUIET GLOBAL)
  if(NOT TARGET yaml-cpp::yaml-cpp AND TARGET yaml-cpp)
    add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
  endif()
  if(NOT TARGET yaml-cpp::yaml-cpp)
    outlive_lacks("yaml-cpp 0.7 or newer" "libyaml-cpp-dev")
  endif()
endfunction()

function(outlive_need)
  foreach(name IN LISTS ARGN)
    if(name STREQUAL asio)
      outlive_need_asio()
    elseif(name STREQUAL hiredis)
      outlive_need_hiredis()
    elseif(name STREQUAL lua)
      outlive_need_lua()
    elseif(name STREQUAL openssl)
      outlive_need_package(OpenSSL 3.0 OpenSSL::SSL libssl-dev)
    elseif(name STREQUAL spdlog)
      outlive_need_spdlog()
    elseif(name STREQUAL cli11)
      outlive_need_package(CLI11 2.1 CLI11::CLI11 libcli11-dev)
    elseif(name STREQUAL toml)
      outlive_need_package(tomlplusplus 3.3 tomlplusplus::tomlplusplus libtomlplusplus-dev)
    elseif(name STREQUAL json)
      outlive_need_package(nlohmann_json 3.11 nlohmann_json::nlohmann_json nlohmann-json3-dev)
    elseif(name STREQUAL yaml)
      outlive_need_yaml()
    elseif(name STREQUAL catch2)
      outlive_need_package(Catch2 3.4 Catch2::Catch2WithMain
        "catch2 libcatch2-dev; on Debian 12 both from bookworm-backports")
    else()
      message(FATAL_ERROR "outlive_need: no library is called ${name}")
    endif()
  endforeach()
endfunction()
