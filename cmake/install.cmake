# What `cmake --install` leaves: the program, the public headers, and one static archive a front door
# (outlive::emulator, outlive::harness), found by find_package(outlive). The rooms behind a door stay
# inside its archive.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Which word of outlive_need() brings a library's target.
set(OUTLIVE_NEED_WORDS
  asio::asio=asio CLI11::CLI11=cli11 hiredis::hiredis=hiredis lua::lua=lua lua::cjson=lua lua::bit=lua
  nlohmann_json::nlohmann_json=json OpenSSL::SSL=openssl OpenSSL::Crypto=openssl spdlog::within=spdlog
  tomlplusplus::tomlplusplus=toml)

# outlive_rooms_behind(TARGET ROOMS LIBRARIES DOORS): all rooms that TARGET is made of, the libraries they
# link, and the other front doors, where the walk stops.
function(outlive_rooms_behind TARGET ROOMS LIBRARIES DOORS)
  set(rooms)
  set(libraries)
  set(doors)
  set(to_visit ${TARGET})
  while(to_visit)
    list(POP_FRONT to_visit room)
    if(room IN_LIST rooms)
      continue()
    endif()
    get_target_property(type ${room} TYPE)
    if(type STREQUAL INTERFACE_LIBRARY)  # headers alone
      get_target_property(links ${room} INTERFACE_LINK_LIBRARIES)
    else()
      list(APPEND rooms ${room})
      get_target_property(links ${room} LINK_LIBRARIES)
    endif()
    foreach(link IN LISTS links)
      if(link MATCHES "^\\$<" OR NOT TARGET ${link})
        continue()  # the warnings, which concern this build alone
      elseif(NOT link MATCHES "^outlive_")
        list(APPEND libraries ${link})
      elseif(link STREQUAL outlive_emulator OR link STREQUAL outlive_harness)
        list(APPEND doors ${link})
      else()
        list(APPEND to_visit ${link})
      endif()
    endforeach()
  endwhile()
  list(REMOVE_DUPLICATES libraries)
  list(REMOVE_DUPLICATES doors)
  set(${ROOMS} ${rooms} PARENT_SCOPE)
  set(${LIBRARIES} ${libraries} PARENT_SCOPE)
  set(${DOORS} ${doors} PARENT_SCOPE)
endfunction()

# The archive of a front door, its headers, and in ${NAME}_NEEDS the words that find its libraries.
function(outlive_install_door NAME)
  outlive_rooms_behind(outlive_${NAME} rooms libraries doors)
  set(archive outlive_${NAME}_archive)
  list(TRANSFORM rooms REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
  add_library(${archive} STATIC ${objects})
  set_target_properties(${archive} PROPERTIES OUTPUT_NAME outlive_${NAME} EXPORT_NAME ${NAME}
    LINKER_LANGUAGE CXX ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/package)
  target_include_directories(${archive} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${archive} INTERFACE cxx_std_20)
  target_link_libraries(${archive} PRIVATE ${libraries})
  foreach(door IN LISTS doors)
    target_link_libraries(${archive} PUBLIC ${door}_archive)
  endforeach()
  install(TARGETS ${archive} EXPORT outlive ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${NAME}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

  set(needs)
  foreach(library IN LISTS libraries)
    set(words ${OUTLIVE_NEED_WORDS})
    list(FILTER words INCLUDE REGEX "^${library}=")
    list(TRANSFORM words REPLACE ".*=" "")
    list(APPEND needs ${words})
  endforeach()
  list(REMOVE_DUPLICATES needs)
  list(JOIN needs " " needs)
  set(${NAME}_NEEDS "${needs}" PARENT_SCOPE)
endfunction()

outlive_install_door(emulator)
outlive_install_door(harness)
install(TARGETS outlive RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(OUTLIVE_SHARED)
  install(TARGETS outlive_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(FILES harness/deployment/check.schema.json harness/report/run.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/outlive)
install(DIRECTORY scenarios/ DESTINATION ${CMAKE_INSTALL_DATADIR}/outlive/scenarios)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/outlive)
install(EXPORT outlive NAMESPACE outlive:: FILE outliveTargets.cmake DESTINATION ${package_dir})
configure_package_config_file(cmake/outliveConfig.cmake.in ${PROJECT_BINARY_DIR}/package/outliveConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/outliveConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/outliveConfig.cmake
  ${PROJECT_BINARY_DIR}/package/outliveConfigVersion.cmake cmake/dependencies.cmake
  DESTINATION ${package_dir})
